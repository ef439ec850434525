//! Rewrites the registry pages in docs/ from the schema and the examples, and the tables in the modules' READMEs from their variables
//! and outputs.

use acceptance::pages;
use anyhow::Result;
use local_cloud::workspace;

fn main() -> Result<()> {
    for (name, text) in pages::generate()? {
        let path = workspace::root().join("docs").join(&name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text)?;
        eprintln!("docs/{name}");
    }
    pages::write_tables()
}
