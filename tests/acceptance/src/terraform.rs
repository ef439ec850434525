//! One Terraform or OpenTofu working directory, with a mirror of the provider that was just built.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use aws_config::Region;
use local_cloud::LocalCloud;
use local_cloud::mirror::Mirror;
use local_cloud::toolchain::{self, AwsProvider};
use local_cloud::workspace;
use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::running::{RARE_COLLECTION, RunningProvider};

/// Which program runs the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `terraform` of the PATH.
    Terraform,
    /// Terraform of the cache, built when it is not there: it knows resource identity.
    NewerTerraform,
    /// OpenTofu of the cache, built when it is not there.
    OpenTofu,
    /// A newer OpenTofu of the cache, built when it is not there: it knows resource identity.
    NewerOpenTofu,
}

impl Engine {
    fn binary(self) -> Result<PathBuf> {
        match self {
            Self::Terraform => Ok("terraform".into()),
            Self::NewerTerraform => toolchain::newer_terraform(),
            Self::OpenTofu => toolchain::opentofu(),
            Self::NewerOpenTofu => toolchain::newer_opentofu(),
        }
    }
}

/// What a command said.
#[derive(Clone, Debug)]
pub struct Said {
    /// Exit code; -1 after a signal.
    pub code: i32,
    /// Standard output and error together.
    pub text: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = [&output.stdout, &output.stderr]
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .concat();
        Self {
            code: output.status.code().unwrap_or(-1),
            text,
        }
    }

    /// The text of a success.
    ///
    /// # Errors
    /// The command failed; the error is all it said.
    pub fn ok(self) -> Result<String> {
        ensure!(self.code == 0, "exit code {}\n{}", self.code, self.text);
        Ok(self.text)
    }

    /// The text without the frames and line breaks that Terraform puts around a message.
    #[must_use]
    pub fn flat(&self) -> String {
        let bare: String = self
            .text
            .chars()
            .map(|c| if "│╷╵".contains(c) { ' ' } else { c })
            .collect();
        bare.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Most of an apply is waiting: hashicorp/aws looks at the rules of a bucket's lifecycle for a minute before it believes them. Ten at once,
/// Terraform's default, would wait one after another.
const MANY_AT_ONCE: [(&str, &str); 2] = [
    ("TF_CLI_ARGS_apply", "-parallelism=40"),
    ("TF_CLI_ARGS_destroy", "-parallelism=40"),
];

/// The bucket of states.
const STATES: &str = "terraform-states";

/// Its Region: the one where a bucket needs no location constraint.
const STATES_REGION: &str = "us-east-1";

/// Where the state is, if it is not in a file here.
const BACKEND: &str = "backend.tf";

/// The state after the last command that changed it, if it is not in a file here.
const PULLED: &str = "pulled.tfstate";

/// A working directory. It goes with the value.
pub struct Workdir {
    engine: PathBuf,
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Workdir {
    /// A directory for `engine` whose only providers are the one of this workspace and, where it was built,
    /// `hashicorp/aws`. `environment` is all of the caller's that counts: AWS settings are not inherited.
    ///
    /// # Errors
    /// The provider cannot be built or the directory cannot be made.
    pub fn new(engine: Engine, environment: &[(&str, &str)]) -> Result<Self> {
        let provider = workspace::binary("terraform-provider-lectern")?;
        Self::build(engine, environment, &provider, &toolchain::aws_provider()?)
    }

    /// The same with a `hashicorp/aws` that runs already, in place of one that every command starts several times.
    ///
    /// # Errors
    /// The provider or the relay cannot be built or the directory cannot be made.
    pub fn with_running_aws(engine: Engine, environment: &[(&str, &str)], aws: &RunningProvider) -> Result<Self> {
        let provider = workspace::binary("terraform-provider-lectern")?;
        let relay = AwsProvider::Present(workspace::binary("provider-relay")?);
        let variables = aws.relay()?;
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self::build(engine, &[environment, &variables].concat(), &provider, &relay)
    }

    /// The same with our own provider running already, and no other.
    ///
    /// # Errors
    /// The relay cannot be built or the directory cannot be made.
    pub fn with_running(engine: Engine, provider: &RunningProvider) -> Result<Self> {
        let absent = AwsProvider::Absent {
            reason: String::new(),
            command: "",
        };
        let variables = provider.relay()?;
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self::build(engine, &variables, &workspace::binary("provider-relay")?, &absent)
    }

    fn build(engine: Engine, environment: &[(&str, &str)], provider: &Path, aws: &AwsProvider) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lectern-acceptance-").tempdir()?;
        let mirror_folder = folder.path().join(".mirror");
        std::fs::create_dir(&mirror_folder)?;
        let mirror = Mirror::create(&mirror_folder, provider, aws)?;
        let mut all = mirror.environment();
        all.extend(
            environment
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        Ok(Self {
            engine: engine.binary()?,
            folder,
            environment: all,
        })
    }

    /// Continues with another program.
    ///
    /// # Errors
    /// The program cannot be built.
    pub fn switch(&mut self, engine: Engine) -> Result<()> {
        self.engine = engine.binary()?;
        Ok(())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What its commands get besides PATH and HOME.
    #[must_use]
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// Writes a file, usually `main.tf`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        std::fs::write(self.path().join(name), text).with_context(|| format!("cannot write {name}"))
    }

    /// The command with these arguments, not started yet. Its environment has nothing of the caller's but PATH and HOME.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.engine);
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env_clear();
        for name in ["PATH", "LECTERN_CACHE"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.envs([RARE_COLLECTION]).envs(MANY_AT_ONCE);
        // no credentials file of the user's, no plugin cache
        command
            .env("HOME", self.path())
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn run(&self, arguments: &[&str]) -> Result<Said> {
        let output = self.command(arguments).output();
        let output = output.with_context(|| {
            format!(
                "cannot run {}: install Terraform >= 1.9, developer.hashicorp.com/terraform/install",
                self.engine.display()
            )
        })?;
        if matches!(arguments.first(), Some(&("apply" | "destroy"))) && self.path().join(BACKEND).exists() {
            let pulled = self.command(&["state", "pull"]).output()?;
            ensure!(
                pulled.status.success(),
                "terraform state pull: {}",
                Said::of(&pulled).text
            );
            std::fs::write(self.path().join(PULLED), pulled.stdout)?;
        }
        Ok(Said::of(&output))
    }

    /// Keeps the state in a bucket of a local cloud from the next [`Self::init`] on. Terraform writes all of a state into a file after each
    /// resource, but into a bucket every 20 seconds: with hundreds of resources, the file is most of what it computes.
    ///
    /// # Errors
    /// The bucket cannot be created or the file cannot be written.
    pub fn keep_state_in(&self, cloud: &LocalCloud) -> Result<()> {
        let config = aws_sdk_s3::config::Builder::from(&cloud.sdk_config())
            .region(Region::from_static(STATES_REGION))
            .force_path_style(true)
            .build();
        let s3 = aws_sdk_s3::Client::from_conf(config);
        let created = std::thread::scope(|scope| {
            let create = || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(s3.create_bucket().bucket(STATES).send())?;
                anyhow::Ok(())
            };
            scope.spawn(create).join()
        });
        created.map_err(|_| anyhow!("no bucket for the state"))??;
        // Several configurations can be applied to one cloud.
        let name = self.path().file_name().unwrap_or_default().to_string_lossy();
        let backend = format!(
            r#"terraform {{
  backend "s3" {{
    bucket                      = "{STATES}"
    key                         = "{name}/terraform.tfstate"
    region                      = "{STATES_REGION}"
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
  }}
}}
"#
        );
        self.write(BACKEND, &backend)
    }

    /// Starts a command in a process group of its own, as a shell does, so that it can be interrupted like one.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn spawn(&self, arguments: &[&str]) -> Result<Child> {
        use std::os::unix::process::CommandExt;
        let mut command = self.command(arguments);
        command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
            .spawn()
            .with_context(|| format!("cannot run {}", self.engine.display()))
    }

    /// `init`, quietly.
    ///
    /// # Errors
    /// It failed; the error is what it said.
    pub fn init(&self) -> Result<()> {
        self.run(&["init", "-no-color", "-input=false"])?.ok()?;
        Ok(())
    }

    /// `plan` into `tfplan`: 0 nothing to do, 2 changes, 1 errors.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn plan(&self) -> Result<Said> {
        self.run(&["plan", "-no-color", "-input=false", "-detailed-exitcode", "-out=tfplan"])
    }

    /// What the last [`Self::plan`] would change in resources: `address attribute`, of a whole resource `address create` and so on.
    ///
    /// # Errors
    /// There is no plan.
    pub fn planned_changes(&self) -> Result<Vec<String>> {
        let plan: Value = serde_json::from_str(&self.run(&["show", "-json", "tfplan"])?.ok()?)?;
        let resources = plan["resource_changes"]
            .as_array()
            .context("a plan without resources")?;
        let mut found = Vec::new();
        for resource in resources {
            let (address, change) = (resource["address"].as_str().unwrap_or_default(), &resource["change"]);
            match change["actions"].as_array().map(Vec::as_slice) {
                Some([action]) if action == "no-op" || action == "read" => {}
                Some([action]) if action == "update" => {
                    let after = change["after"].as_object().context("an update to nothing")?;
                    let differ = |name: &&String| {
                        change["before"][name.as_str()] != after[name.as_str()]
                            || change["after_unknown"][name.as_str()] == true
                    };
                    found.extend(after.keys().filter(differ).map(|name| format!("{address} {name}")));
                }
                actions => found.push(format!("{address} {actions:?}")),
            }
        }
        Ok(found)
    }

    /// `apply` without asking.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn apply(&self) -> Result<Said> {
        self.run(&["apply", "-no-color", "-input=false", "-auto-approve"])
    }

    /// `destroy` without asking.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn destroy(&self) -> Result<Said> {
        self.run(&["destroy", "-no-color", "-input=false", "-auto-approve"])
    }

    /// Copies an example with the modules that it names.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn copy_example(&self, name: &str) -> Result<()> {
        let root = workspace::root();
        copy(&root.join("examples").join(name), self.path())?;
        self.copy_modules()
    }

    /// Copies all modules into the folder `modules`.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn copy_modules(&self) -> Result<()> {
        copy(
            &workspace::root().join("terraform/modules"),
            &self.path().join("modules"),
        )
    }

    /// Gives a variable a value, for all commands from now on.
    ///
    /// # Errors
    /// The file of variables cannot be read or written.
    pub fn set(&self, variable: &str, value: Value) -> Result<()> {
        let file = self.path().join("terraform.tfvars.json");
        let variables = std::fs::read(&file).unwrap_or_else(|_| b"{}".to_vec());
        let mut variables: Map<String, Value> = serde_json::from_slice(&variables)?;
        variables.insert(variable.to_owned(), value);
        Ok(std::fs::write(file, serde_json::to_vec(&variables)?)?)
    }

    /// Updates the state to the existing objects.
    ///
    /// # Errors
    /// It failed; the error is what it said.
    pub fn refresh(&self) -> Result<()> {
        let arguments = ["apply", "-refresh-only", "-auto-approve", "-no-color", "-input=false"];
        self.run(&arguments)?.ok()?;
        Ok(())
    }

    /// The value of an output, or null, as `terraform output -json` prints it, which would take half a second.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn output(&self, name: &str) -> Result<Value> {
        let mut files = [PULLED, "terraform.tfstate"]
            .map(|name| self.path().join(name))
            .into_iter();
        let Some(file) = files.find(|file| file.exists()) else {
            return Ok(Value::Null);
        };
        let state = std::fs::read(file)?;
        let mut state: Value = serde_json::from_slice(&state)?;
        Ok(state["outputs"][name]["value"].take())
    }

    /// The attributes of a resource in the state, or null.
    ///
    /// # Errors
    /// The state cannot be shown.
    pub fn state_of(&self, address: &str) -> Result<Value> {
        let shown: Value = serde_json::from_str(&self.run(&["show", "-json"])?.ok()?)?;
        let resources = shown["values"]["root_module"]["resources"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let found = resources.into_iter().find(|resource| resource["address"] == address);
        Ok(found.map_or(Value::Null, |resource| resource["values"].clone()))
    }
}

/// Copies a folder but for what Terraform left there. In the copy, modules are beside the example.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let to = to.join(path.file_name().context("a file without a name")?);
        if path.is_dir() {
            if !path.ends_with(".terraform") {
                copy(&path, &to)?;
            }
        } else if path.ends_with(".terraform.lock.hcl") {
            // Of other builds of the providers.
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            let text = std::fs::read_to_string(&path)?;
            std::fs::write(to, text.replace("../../terraform/modules/", "./modules/"))?;
        } else {
            std::fs::copy(&path, to)?;
        }
    }
    Ok(())
}

/// The provider block's neighbour in every configuration.
pub const REQUIRED_PROVIDERS: &str = r#"
terraform {
  required_providers {
    lectern = {
      source = "lectern/lectern"
    }
  }
}
"#;

/// The `hashicorp/aws` provider's binary, or `None` after the skip was printed with its reason.
///
/// # Errors
/// There is no cache folder.
pub fn aws_provider_or_skip(test: &str) -> Result<Option<PathBuf>> {
    match toolchain::aws_provider()? {
        AwsProvider::Present(binary) => Ok(Some(binary)),
        AwsProvider::Absent { reason, command } => {
            skip(test, &format!("{reason}; build it with `{command}`"));
            Ok(None)
        }
    }
}

/// Prints a skip where CI finds it, past the test runner's capture.
pub fn skip(test: &str, reason: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "SKIPPED: {test}: {reason}");
}
