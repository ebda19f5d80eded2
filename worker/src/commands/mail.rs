//! `send-mail`: sends what is due, or a test.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use entity::job::JobKind;
use executor::Services;
use identity::EmailAddress;
use mail::{Delivery, MailError};
use serde_json::json;

use super::answer::say;
use super::progress::Progress;

/// How many mails at once.
const PARALLEL: usize = 4;
/// What is not sent by then stays due.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// What is sent.
#[derive(Args)]
pub(crate) struct SendMail {
    /// Sends a test mail to this address instead, and says what the mail server answered
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    test: Option<EmailAddress>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Sends; the exit code is 1 if a mail was refused or has to wait.
pub(super) async fn send(services: &Services, what: SendMail) -> anyhow::Result<ExitCode> {
    match what.test {
        Some(address) => test(services, address, what.json).await,
        None => all(services, what.json).await,
    }
}

async fn all(services: &Services, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut progress = Progress::without_end("mails");
    progress.set(0);
    let counts = services.executor.drain(&[JobKind::SendMail], PARALLEL, PATIENCE).await?;
    drop(progress);
    say(&if as_json {
        json!({ "done": counts.succeeded, "waiting": counts.skipped, "failed": counts.failed }).to_string()
    } else {
        format!(
            "{} mails done, {} wait for another or for tomorrow, {} could not be sent",
            counts.succeeded, counts.skipped, counts.failed
        )
    });
    Ok(if counts.failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

async fn test(services: &Services, address: EmailAddress, as_json: bool) -> anyhow::Result<ExitCode> {
    let (result, problem) = match services.executor.send_test_mail(address.into()).await {
        Ok(Delivery::Sent) => ("sent", None),
        Ok(Delivery::Refused) => ("refused", None),
        Ok(Delivery::GivenUp | Delivery::NothingToDo) => ("not_sent", None),
        Err(MailError::TryLater { problem }) => ("waits", Some(problem)),
        Err(MailError::NotBefore(at)) => ("waits", Some(format!("not before {at}"))),
        Err(MailError::Database(error)) => return Err(error.into()),
    };
    let in_words = match result {
        "sent" => "The mail server took the test mail.",
        "refused" => "The mail server refused the test mail for good.",
        "waits" => "The mail server did not take the test mail; it stays in the outbox and is tried again.",
        _ => "The test mail was not sent.",
    };
    say(&match (as_json, &problem) {
        (true, _) => json!({ "result": result, "problem": problem }).to_string(),
        (false, Some(problem)) => format!("{in_words} What went wrong: {problem}"),
        (false, None) => in_words.to_owned(),
    });
    Ok(if result == "sent" { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn address(text: &str) -> Result<EmailAddress, String> {
    text.parse().map_err(|_| "expected an address such as somebody@mooring.example".to_owned())
}
