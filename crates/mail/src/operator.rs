//! What the people who run an installation are written about, and what each mail says.

use serde::{Deserialize, Serialize};

/// Something that needs an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Work kept killing whoever did it and was set aside.
    WorkSetAside,
    /// So many accounts are refused at once that none is declared broken.
    BrakeHolds,
    /// Meta refuses our app: its id, its secret, or the app as a whole.
    AppRefused,
    /// Meta has blocked what we do for policy reasons (error 368).
    Blocked,
    /// The clock of a machine is minutes off Meta's.
    ClockIsOff,
    /// A stored token does not open.
    TokenUnreadable,
    /// Meta refuses a metric for many accounts at once.
    MetricRefused,
}

impl Matter {
    /// A stable word for keys and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WorkSetAside => "work_set_aside",
            Self::BrakeHolds => "brake_holds",
            Self::AppRefused => "app_refused",
            Self::Blocked => "blocked",
            Self::ClockIsOff => "clock_is_off",
            Self::TokenUnreadable => "token_unreadable",
            Self::MetricRefused => "metric_refused",
        }
    }

    /// The words of the mail about it.
    pub(crate) fn words(self) -> Words {
        match self {
            Self::WorkSetAside => Words {
                subject: "Work was set aside",
                happened: "A piece of work kept ending its worker before it was done, and was set aside so \
                           that the rest can go on. It is tried again by itself, less and less often.",
                to_do: "The log of the worker says what it is (\"work never ends\"). When its cause is \
                        mended, release it on the operator page or with mooring-worker jobs release.",
            },
            Self::BrakeHolds => Words {
                subject: "The brake holds",
                happened: "Meta refuses so many accounts of several logins at once that the fault is \
                           probably Meta's or this installation's. Nobody is declared broken, and no owner \
                           gets a mail.",
                to_do: "Look at the app in Meta's dashboard and at Meta's status page. What gets well goes \
                        on by itself. If the refusals are real, release the brake on the operator page or \
                        with mooring-worker release-brake; after 24 hours they go through anyway.",
            },
            Self::AppRefused => Words {
                subject: "Meta refuses the app",
                happened: "Meta answers that the app of this installation is at fault: its id or secret is \
                           wrong, or the app is disabled. Nothing is renewed or collected through it, and \
                           nobody else is told.",
                to_do: "Look at the app in Meta's dashboard and compare its id and secret with the settings \
                        of this installation. What waits goes on by itself when Meta accepts the app again.",
            },
            Self::Blocked => Words {
                subject: "Meta has blocked something for policy reasons",
                happened: "Meta refused a call because what is done breaks its policies (error 368). What it \
                           concerns rests for a day.",
                to_do: "Look for a notice about the app in Meta's dashboard and settle it there. The log of \
                        the worker says which login and account it is about.",
            },
            Self::ClockIsOff => Words {
                subject: "A clock is wrong",
                happened: "The clock of a machine that runs Mooring is more than two minutes off the one that \
                           Meta's answers are dated by. When tokens end is judged by it.",
                to_do: "Set the clock, and let a time service keep it (systemd-timesyncd, chrony). The log of \
                        the worker says by how much it is off. What a wrong clock put off is mended by itself.",
            },
            Self::TokenUnreadable => Words {
                subject: "A stored token does not open",
                happened: "A token in the database cannot be opened with the keys of this installation: it was \
                           damaged, or came from somewhere else. It was left as it is. Nobody else is told.",
                to_do: "The log says which row and which key (\"a stored token does not open\"). Put the row \
                        back from a backup, and the account heals at the next check; or have its owner \
                        reconnect, which brings a new token.",
            },
            Self::MetricRefused => Words {
                subject: "Meta refuses a metric",
                happened: "Meta refuses one of the metrics that are collected for many accounts at once. All \
                           other numbers arrive as before. It is asked for again in a week.",
                to_do: "Look into Meta's changelog: it may have ended. The command mooring-worker plan says \
                        what is asked for; a newer version of Mooring may know what took its place.",
            },
        }
    }
}

/// The words of one mail.
pub(crate) struct Words {
    pub(crate) subject: &'static str,
    pub(crate) happened: &'static str,
    pub(crate) to_do: &'static str,
}
