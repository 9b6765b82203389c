//! The command line.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use domain::accounts::{Email, NewPassword};
use sqlx::postgres::PgPoolOptions;
use store::Store;

use crate::config::Config;
use crate::{demo, import, serve};

/// A B2B self-service buyer portal.
#[derive(Parser)]
#[command(name = "buyerdesk", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal (configuration by environment, see README)
    Serve,
    /// Bring the schema up to date, as the owner (`BUYERDESK_OWNER_URL`)
    Migrate,
    /// Seed the demo's world if the database is empty, and serve it
    Demo,
    /// Import a folder of CSV files from the seller's system; what is refused goes to DIR/rejected
    Import {
        /// The folder
        dir: PathBuf,
    },
    /// Manage people from the command line
    Member {
        #[command(subcommand)]
        command: Member,
    },
    /// Check invariants and set-up; non-zero when one is violated
    Doctor,
}

#[derive(Subcommand)]
enum Member {
    /// Set a person's password, read from standard input; ends their sessions
    SetPassword {
        /// The person's e-mail address
        email: String,
    },
}

/// Runs a command; the exit status says whether all went well (2: an import refused some rows).
pub fn run(cli: Cli) -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "info,sqlx=warn,tower_http=warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("buyerdesk: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(act(cli.command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("buyerdesk: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn config(demo: bool) -> anyhow::Result<Config> {
    Config::read(env, demo)
        .map_err(|errors| anyhow::anyhow!("the configuration has mistakes:\n  {}", errors.join("\n  ")))
}

async fn connect(config: &Config) -> anyhow::Result<Store> {
    Store::connect(&config.database_url, config.connections).await.context("connecting to DATABASE_URL")
}

async fn act(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve::serve(config(false)?).await?,
        Command::Migrate => migrate().await?,
        Command::Demo => {
            let config = config(true)?;
            let store = connect(&config).await?;
            if store::demo::seed(&store, crate::clock::now()).await? {
                tracing::info!("the demo's world is seeded");
            }
            println!("\n{}\n\nOpen {}\n", demo::logins(), config.public_origin);
            serve::serve(config).await?;
        }
        Command::Import { dir } => {
            let store = connect(&config(false)?).await?;
            let report = import::run(&store, &dir, crate::clock::now()).await?;
            print!("{report}");
            if report.rejected() > 0 {
                return Ok(ExitCode::from(2));
            }
        }
        Command::Member { command: Member::SetPassword { email } } => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("reading the password from standard input")?;
            let email = Email::parse("email", &email).map_err(|e| anyhow::anyhow!(e.message))?;
            let password = NewPassword::parse("password", text.trim_end_matches(['\r', '\n']))
                .map_err(|e| anyhow::anyhow!(e.message))?;
            let store = connect(&config(false)?).await?;
            match store::accounts::set_password(&store, &email, &password, crate::clock::now()).await {
                Ok(()) => println!("The password of {} is set; their sessions have ended.", email.as_str()),
                Err(store::Error::Problem(domain::Problem::NotFound)) => {
                    anyhow::bail!("there is nobody with the address {}", email.as_str())
                }
                Err(error) => return Err(error.into()),
            }
        }
        Command::Doctor => {
            let store = connect(&config(false)?).await?;
            let found = store::doctor::examine(&store, crate::clock::now()).await?;
            if !found.is_empty() {
                println!("{}", found.join("\n"));
                println!(
                    "{} found.",
                    domain::text::counted(i64::try_from(found.len()).unwrap_or(i64::MAX), "problem", "problems")
                );
                return Ok(ExitCode::FAILURE);
            }
            println!("All invariants hold.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn migrate() -> anyhow::Result<()> {
    let url = env("BUYERDESK_OWNER_URL").context("BUYERDESK_OWNER_URL is not set. Set it to the owner's database, such as postgres://buyerdesk_owner@localhost/buyerdesk.")?;
    let pool =
        PgPoolOptions::new().max_connections(1).connect(&url).await.context("connecting to BUYERDESK_OWNER_URL")?;
    store::migrate(&pool).await.context("migrating")?;
    println!("The schema is up to date.");
    Ok(())
}
