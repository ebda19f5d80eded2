//! Who exists: people, the Pages they run, and the professional accounts behind them.
//!
//! A fixed cast comes first, with names that tests and demos can rely on. Any number of further
//! people is computed from the seed when somebody asks; nothing about them is kept in memory.

mod fixed;
mod generated;

use serde::Serialize;

use crate::seed::{between, mix, tag, unit};

#[cfg(test)]
pub(crate) use fixed::HARBOUR_BAKERY;

/// Difference between an account's `user_id` and the app-scoped `id` that Instagram Login shows.
const APP_SCOPED_SHIFT: u64 = 28_170_000_000_000_000 - 17_841_400_000_000_000;

/// The `17841…` number that belongs to an app-scoped id.
pub(crate) fn account_of(app_scoped: u64) -> u64 {
    app_scoped.saturating_sub(APP_SCOPED_SHIFT)
}

/// A person with a Facebook profile.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) businesses: Vec<Business>,
}

/// Distance from a person to the system user that their business portfolio makes for the app.
const SYSTEM_USER_SHIFT: u64 = 122_100_000_000_000_000 - 10_160_000_000_000_000;

impl Person {
    /// The system user that a Login for Business configuration with that token type makes in this
    /// person's portfolio: it has the person's Pages, and lives on when the person's tokens die.
    pub(crate) fn system_user(&self) -> u64 {
        self.id + SYSTEM_USER_SHIFT
    }

    /// Whether this is a system user: its tokens need not expire, and no data access ends.
    pub(crate) fn is_system_user(&self) -> bool {
        is_system_user(self.id)
    }
}

/// Whether an id is that of a system user.
pub(crate) fn is_system_user(id: u64) -> bool {
    id > SYSTEM_USER_SHIFT
}

/// What a person may do on a Page.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) page: Page,
    pub(crate) tasks: &'static [&'static str],
}

/// A Facebook Page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) category: &'static str,
    /// The linked professional account, if the seed links one.
    pub(crate) account: Option<u64>,
    /// Set when the Page is held through a business portfolio: listing it needs `business_management`.
    pub(crate) portfolio: Option<u64>,
}

/// A business portfolio.
#[derive(Clone, Debug)]
pub(crate) struct Business {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) owned: Vec<u64>,
    pub(crate) clients: Vec<u64>,
}

/// An Instagram professional account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: u64,
    /// Small number from which media ids are made.
    pub(crate) index: u64,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) biography: String,
    pub(crate) website: Option<String>,
    pub(crate) kind: &'static str,
    /// Followers on the reference day of the number series.
    pub(crate) followers: u64,
    /// Accounts it follows, at about the same time.
    pub(crate) follows: u64,
    /// Two letters, where most of the audience lives.
    pub(crate) home: &'static str,
    /// Hours between two posts, on average.
    pub(crate) post_every_hours: u64,
    /// Hours between two stories, on average.
    pub(crate) story_every_hours: u64,
}

impl Account {
    /// The app-scoped id, `id` on graph.instagram.com.
    pub(crate) fn app_scoped(&self) -> u64 {
        self.id + APP_SCOPED_SHIFT
    }

    /// Instagram's own number for the account, from before the Graph API: ten digits, and another one
    /// for each account, because the factor is a prime.
    pub(crate) fn instagram_number(&self) -> u64 {
        1_000_000_000 + self.index * 2_654_435_761 % 9_000_000_000
    }
}

/// All tasks a Page admin has.
pub(crate) const FULL: &[&str] =
    &["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"];

/// The people of one seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    /// How many people besides the fixed ones.
    pub(crate) generated: u64,
}

impl World {
    pub(crate) fn fixed_people(&self) -> Vec<Person> {
        fixed::people().to_vec()
    }

    /// A person, or the system user made for one.
    pub(crate) fn person(&self, id: u64) -> Option<Person> {
        if !is_system_user(id) {
            return self.human(id);
        }
        let founder = self.human(id - SYSTEM_USER_SHIFT)?;
        Some(Person { id, name: format!("System user of {}", founder.name), ..founder })
    }

    fn human(&self, id: u64) -> Option<Person> {
        fixed::people()
            .iter()
            .find(|person| person.id == id)
            .cloned()
            .or_else(|| generated::person(self, generated::person_index(self, id)?))
    }

    /// Some of the generated people, for pages that let a visitor choose.
    pub(crate) fn generated_people(&self, offset: u64, count: u64) -> Vec<Person> {
        let end = self.generated.min(offset.saturating_add(count));
        (offset.min(end)..end).filter_map(|index| generated::person(self, index)).collect()
    }

    pub(crate) fn page(&self, id: u64) -> Option<Page> {
        fixed::people()
            .iter()
            .flat_map(|person| &person.roles)
            .map(|role| &role.page)
            .find(|page| page.id == id)
            .cloned()
            .or_else(|| generated::page(self, id))
    }

    /// The Page to which the seed links an account.
    pub(crate) fn page_of(&self, account: u64) -> Option<Page> {
        fixed::people()
            .iter()
            .flat_map(|person| &person.roles)
            .map(|role| &role.page)
            .find(|page| page.account == Some(account))
            .cloned()
            .or_else(|| generated::page_of(self, account))
    }

    pub(crate) fn business(&self, id: u64) -> Option<Business> {
        fixed::people()
            .iter()
            .flat_map(|person| &person.businesses)
            .find(|business| business.id == id)
            .cloned()
    }

    /// Finds an account by the `17841…` number.
    pub(crate) fn account(&self, id: u64) -> Option<Account> {
        fixed::account(self, id).or_else(|| generated::account(self, id))
    }

    /// Finds an account by the `17841…` number or by the app-scoped one.
    pub(crate) fn account_by_any_id(&self, id: u64) -> Option<Account> {
        self.account(id).or_else(|| self.account(id.checked_sub(APP_SCOPED_SHIFT)?))
    }

    /// Finds an account by its public name; the one of a generated account ends in its slot.
    pub(crate) fn account_by_username(&self, username: &str) -> Option<Account> {
        let fixed = fixed::accounts(self).into_iter().find(|account| account.username == username);
        fixed.or_else(|| {
            let slot: u32 = username.rsplit('.').next()?.parse().ok()?;
            self.account_by_index(generated::FIRST_INDEX + u64::from(slot))
                .filter(|account| account.username == username)
        })
    }

    pub(crate) fn account_by_index(&self, index: u64) -> Option<Account> {
        if index < generated::FIRST_INDEX {
            fixed::account_by_digits(self, index)
        } else {
            generated::account(self, generated::account_id(index))
        }
    }

    pub(crate) fn fixed_accounts(&self) -> Vec<Account> {
        fixed::accounts(self)
    }

    /// The accounts that the Instagram Login window offers first.
    pub(crate) fn instagram_login_accounts(&self) -> Vec<Account> {
        let mut list: Vec<Account> =
            fixed::INSTAGRAM_LOGIN.iter().filter_map(|id| self.account(*id)).collect();
        list.extend(
            self.generated_people(0, 20)
                .into_iter()
                .flat_map(|person| person.roles)
                .filter_map(|role| self.account(role.page.account?)),
        );
        list
    }
}

/// What differs between accounts without anybody naming it.
fn build_account(world: &World, id: u64, index: u64, username: &str, name: &str, followers: u64) -> Account {
    let words = |salt: &str| [world.seed, id, tag(salt)];
    let site = username.replace(['.', '_'], "-");
    Account {
        id,
        index,
        username: username.to_owned(),
        name: name.to_owned(),
        biography: format!("{name}. Open most days."),
        website: (unit(&words("website")) < 0.85).then(|| format!("https://{site}.example/")),
        kind: if unit(&words("kind")) < 0.7 { "BUSINESS" } else { "MEDIA_CREATOR" },
        followers,
        follows: between(40.0, 900.0, &words("follows")) as u64,
        home: crate::insights::places::HOMES[(mix(&words("home")) % 6) as usize],
        post_every_hours: between(18.0, 70.0, &words("posts")) as u64,
        story_every_hours: between(5.0, 16.0, &words("stories")) as u64,
    }
}

/// Short public description of an account, for the control API.
#[derive(Serialize)]
pub(crate) struct AccountCard {
    pub(crate) id: String,
    pub(crate) app_scoped_id: String,
    pub(crate) username: String,
    pub(crate) name: String,
}

impl From<&Account> for AccountCard {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            app_scoped_id: account.app_scoped().to_string(),
            username: account.username.clone(),
            name: account.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> World {
        World { seed: 7, generated: 40_000 }
    }

    #[test]
    fn nora_has_nine_pages_of_which_one_has_no_account_and_one_is_in_a_portfolio() {
        let people = world().fixed_people();
        let nora = people.iter().find(|person| person.name == "Nora Lindqvist").unwrap();
        assert_eq!(nora.roles.len(), 9);
        assert_eq!(nora.roles.iter().filter(|role| role.page.account.is_none()).count(), 1);
        assert_eq!(nora.roles.iter().filter(|role| role.page.portfolio.is_some()).count(), 1);
        let tomas = people.iter().find(|person| person.name == "Tomas Beck").unwrap();
        let small = tomas.roles.iter().filter_map(|role| world().account(role.page.account?));
        assert_eq!(small.filter(|account| account.followers < 100).count(), 1);
    }

    #[test]
    fn ids_are_unique_and_lead_back() {
        let world = world();
        let accounts = world.fixed_accounts();
        for account in &accounts {
            assert_eq!(accounts.iter().filter(|other| other.id == account.id).count(), 1);
            assert_eq!(accounts.iter().filter(|other| other.index == account.index).count(), 1);
            assert!((60..=250_000).contains(&account.followers));
            assert_eq!(world.account_by_any_id(account.app_scoped()).unwrap().id, account.id);
            assert_eq!(world.account_by_index(account.index).unwrap().id, account.id);
            let number = account.instagram_number();
            assert_eq!(number.to_string().len(), 10);
            assert_eq!(accounts.iter().filter(|other| other.instagram_number() == number).count(), 1);
        }
    }

    #[test]
    fn generated_people_are_found_again_by_any_of_their_ids() {
        let world = world();
        for person in [0, 1, 17, 39_999].map(|index| generated::person(&world, index).unwrap()) {
            assert_eq!(world.person(person.id).unwrap().name, person.name);
            let system = world.person(person.system_user()).unwrap();
            assert!(system.is_system_user() && !person.is_system_user());
            assert_eq!(system.roles.len(), person.roles.len());
            assert!(!person.roles.is_empty());
            for role in person.roles {
                assert_eq!(world.page(role.page.id).unwrap().account, role.page.account);
                assert_eq!(world.page_of(role.page.account.unwrap()).unwrap().id, role.page.id);
                let account = world.account(role.page.account.unwrap()).unwrap();
                assert_eq!(world.account_by_index(account.index).unwrap().username, account.username);
                assert_eq!(world.account_by_username(&account.username).unwrap().id, account.id);
            }
        }
        assert!(generated::person(&world, 40_000).is_none());
        assert!(world.person(SYSTEM_USER_SHIFT + 1).is_none());
        assert!(World { seed: 7, generated: 0 }.generated_people(0, 3).is_empty());
    }
}
