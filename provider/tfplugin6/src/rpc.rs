//! The generated clients and servers, from the description in `build.rs`.

#![allow(unreachable_pub, reason = "generated code is not ours to style")]

/// `/tfplugin6.Provider/*`.
pub mod provider {
    include!(concat!(env!("OUT_DIR"), "/tfplugin6.Provider.rs"));
    pub use provider_client::ProviderClient;
    pub use provider_server::{Provider, ProviderServer};
}

/// `/plugin.GRPCController/Shutdown`: go-plugin asks the process to end.
pub mod controller {
    include!(concat!(env!("OUT_DIR"), "/plugin.GRPCController.rs"));
    pub use g_r_p_c_controller_client::GRPCControllerClient;
    pub use g_r_p_c_controller_server::{GRPCController, GRPCControllerServer};
}

/// `/plugin.GRPCStdio/StreamStdio`: go-plugin mirrors the plugin's output.
pub mod stdio {
    include!(concat!(env!("OUT_DIR"), "/plugin.GRPCStdio.rs"));
    pub use g_r_p_c_stdio_client::GRPCStdioClient;
    pub use g_r_p_c_stdio_server::{GRPCStdio, GRPCStdioServer};
}

/// `/grpc.health.v1.Health/Check`: go-plugin asks whether the plugin lives.
pub mod health {
    include!(concat!(env!("OUT_DIR"), "/grpc.health.v1.Health.rs"));
    pub use health_client::HealthClient;
    pub use health_server::{Health, HealthServer};
}
