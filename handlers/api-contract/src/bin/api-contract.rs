//! Prints `terraform/modules/api/contract.json`.

use std::io::Write as _;

use anyhow::Result;
use api_contract::Contract;
use api_contract::gateway::Gateway;

fn main() -> Result<()> {
    let text = Gateway::of(Contract::embedded())?.render()?;
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
