//! The words for each cause: what happened, and what the owner does about it.

use entity::account::HealthReason;

/// What a mail says about one cause.
pub(crate) struct Words {
    /// The subject; `{accounts}` stands for a handle or a number of accounts.
    pub(crate) subject: &'static str,
    /// What happened.
    pub(crate) happened: &'static str,
    /// What to do.
    pub(crate) to_do: &'static str,
}

const RECONNECT: &str = "Please reconnect {accounts}";
const AGREE_AGAIN: &str = "To repair it, open the link below and agree once more in Meta's window.";

pub(crate) fn words(cause: HealthReason) -> Words {
    match cause {
        HealthReason::Expired => Words {
            subject: RECONNECT,
            happened: "The permission that you gave has run out. Meta lets it live for 60 days and did \
                       not renew it.",
            to_do: AGREE_AGAIN,
        },
        HealthReason::PasswordChanged => Words {
            subject: RECONNECT,
            happened: "Your password at Facebook or Instagram was changed, or Meta ended your logins for \
                       safety. With that, Meta also ends the permissions that were given before.",
            to_do: AGREE_AGAIN,
        },
        HealthReason::AppRemoved => Words {
            subject: RECONNECT,
            happened: "The connection was removed in the settings of Facebook or Instagram, under the apps \
                       and websites that may see your account.",
            to_do: "If that was meant to be, there is nothing to do. Otherwise open the link below and agree \
                    once more in Meta's window.",
        },
        HealthReason::Checkpoint => Words {
            subject: "Meta wants a confirmation for {accounts}",
            happened: "Meta has paused your login until you confirm something, for example that it was you \
                       who signed in lately.",
            to_do: "Open Facebook or Instagram, in the app or in a browser, and answer what it asks. Often \
                    that is all, and the connection is back within a day. If not, open the link below and \
                    agree once more in Meta's window.",
        },
        HealthReason::Unconfirmed => Words {
            subject: "Meta wants a confirmation for {accounts}",
            happened: "Your Facebook account is not confirmed yet, so Meta gives nothing to connected apps.",
            to_do: "Open facebook.com and confirm your e-mail address or phone number there. Often that is \
                    all, and the connection is back within a day. If not, open the link below and agree once \
                    more in Meta's window.",
        },
        HealthReason::PermissionMissing => Words {
            subject: "A permission for {accounts} is missing",
            happened: "A permission that is needed to read the numbers was not given or was taken back.",
            to_do: "Open the link below, agree once more in Meta's window, and leave every switch there on.",
        },
        HealthReason::PageRoleLost => Words {
            subject: "Access to the Page of {accounts} is missing",
            happened: "Your login no longer reaches the Facebook Page that belongs to the Instagram account: \
                       you no longer have a role there, the Page was left out when you agreed, or the two are \
                       no longer linked.",
            to_do: "Ask somebody who has full control of the Page to give you access again, or link the Page \
                    and the Instagram account again. Then open the link below and agree once more in Meta's \
                    window. Somebody else who manages the Page can do so as well: just pass this mail on.",
        },
        HealthReason::AccountGone => Words {
            subject: "{accounts} can no longer be read",
            happened: "Meta no longer shows this as a professional account: it was switched to a personal \
                       account, or it was removed.",
            to_do: "If that was meant to be, there is nothing to do. Otherwise open the Instagram app, go to \
                    Settings, then Account type and tools, and switch to a professional account. Then open \
                    the link below and agree once more in Meta's window.",
        },
        // The last two are never mailed to an owner; should one be, these words are true of it too.
        HealthReason::SessionInvalid | HealthReason::TokenUnreadable | HealthReason::Disconnected => Words {
            subject: RECONNECT,
            happened: "Meta has ended the connection and does not say why. This happens, for example, after \
                       logging out everywhere.",
            to_do: AGREE_AGAIN,
        },
    }
}

/// What happened, for somebody who is not the owner.
pub(crate) fn for_the_team(cause: HealthReason) -> &'static str {
    match cause {
        HealthReason::Expired => "The permission has run out and could not be renewed.",
        HealthReason::PasswordChanged => {
            "The owner's password at Facebook or Instagram was changed, which ends all permissions."
        }
        HealthReason::AppRemoved => "The connection was removed in the settings of Facebook or Instagram.",
        HealthReason::Checkpoint => "Meta has paused the owner's login until they confirm something there.",
        HealthReason::Unconfirmed => "The owner's Facebook account is not confirmed.",
        HealthReason::PermissionMissing => "A permission that is needed to read the numbers is missing.",
        HealthReason::PageRoleLost => "The owner's login no longer reaches the Facebook Page.",
        HealthReason::AccountGone => "Meta no longer shows it as a professional account.",
        HealthReason::SessionInvalid | HealthReason::TokenUnreadable | HealthReason::Disconnected => {
            "Meta has ended the connection and does not say why."
        }
    }
}
