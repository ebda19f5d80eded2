//! `plan`: which calls collecting makes, from the catalogue of metrics.

use std::process::ExitCode;

use executor::Services;
use insights::plan::{MOST_QUESTIONS, Mode, Plan, Question};
use meta::Provider;
use serde_json::{Value, json};

use super::answer::say;

/// Says which calls collecting makes for each account of either login.
pub(super) fn plan(services: &Services, as_json: bool) -> ExitCode {
    let backfill_days = services.config.tuning.backfill_days;
    let logins = [Provider::FacebookLogin, Provider::InstagramLogin].map(|login| {
        let version = services.connections.meta().version(login);
        let modes = Plan::new(login, version, services.insights.today()).modes(backfill_days);
        (login, version, modes)
    });
    if as_json {
        let logins: Vec<_> =
            logins.iter().map(|(login, version, modes)| described(*login, *version, modes)).collect();
        say(&json!({ "logins": logins }).to_string());
        return ExitCode::SUCCESS;
    }
    for (login, version, modes) in &logins {
        say(&format!("{} (v{version}): {} calls an account and day", name(*login), a_day(modes)));
        for mode in modes {
            let (calls, questions) = (mode.calls(), mode.questions.len());
            say(&format!(
                "  {}: {calls} {}, {}",
                mode.name,
                if calls == 1 { "call" } else { "calls" },
                mode.when
            ));
            for question in mode.questions.iter().take(MOST_QUESTIONS) {
                say(&format!("    {}", in_words(question)));
            }
            if questions > MOST_QUESTIONS {
                say(&format!("    and {} more like these", questions - MOST_QUESTIONS));
            }
        }
    }
    ExitCode::SUCCESS
}

fn a_day(modes: &[Mode]) -> usize {
    modes.iter().map(|mode| mode.each_day * mode.calls()).sum()
}

fn name(login: Provider) -> &'static str {
    match login {
        Provider::FacebookLogin => "Facebook Login",
        Provider::InstagramLogin => "Instagram Login",
    }
}

fn in_words(question: &Question) -> String {
    let by = if question.by.is_empty() { String::new() } else { format!(" by {}", question.dimensions()) };
    let days = if question.from == question.to {
        question.from.to_string()
    } else {
        format!("{} to {}", question.from, question.to)
    };
    format!("{days}: {}{by}", question.names().join(", "))
}

fn described(login: Provider, version: u16, modes: &[Mode]) -> Value {
    let calls = a_day(modes);
    let modes: Vec<_> = modes
        .iter()
        .map(|mode| {
            let questions = mode.questions.iter().map(|question| {
                json!({
                    "metrics": question.names(),
                    "by": question.by.iter().map(|dimension| dimension.name()).collect::<Vec<_>>(),
                    "from": question.from,
                    "to": question.to,
                })
            });
            json!({
                "name": mode.name,
                "when": mode.when,
                "eachDay": mode.each_day,
                "calls": mode.calls(),
                "questions": questions.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "login": name(login), "version": version, "callsEachDay": calls, "modes": modes })
}
