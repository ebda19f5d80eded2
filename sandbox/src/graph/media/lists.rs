//! The media and the living stories of an account.

use super::{BLOCK, ID_BASE, Item, MOST, STORY_LIFE, count, node::object, post, story};
use crate::{
    graph::{Outcome, account::Right, edge::Edge},
    moment::moment,
    paging,
    people::Account,
    visit::Visit,
};

/// `/{ig-id}/media`, newest first.
pub(crate) fn list(visit: &mut Visit<'_>, right: &Right, account: &Account, edge: &Edge) -> Outcome {
    let seed = visit.world().seed;
    let params = &edge.params;
    let (since, until) = (moment(params, "since", visit.now)?, moment(params, "until", visit.now)?);
    let total = count(seed, account, "post", account.post_every_hours, visit.now.timestamp());
    let at = |number: u64| super::moment(seed, account, "post", number, account.post_every_hours);
    let base = ID_BASE + account.index * BLOCK;
    let ids: Vec<u64> = (0..total)
        .rev()
        .take(MOST as usize)
        .filter(|number| since.is_none_or(|since| at(*number) >= since))
        .filter(|number| until.is_none_or(|until| at(*number) <= until))
        .map(|number| base + number)
        .collect();
    let slice = paging::slice(&ids, params, 25)?;
    let link = visit.link(&format!("/{}/media", account.id));
    let mut data = Vec::new();
    let hidden = visit.inner.state.settings.media_empty_page && slice.is_inner();
    for id in &ids[slice.range.clone()] {
        if hidden {
            break;
        }
        if let Some(item) = post(seed, account, id - base) {
            data.push(object(visit, right, &item, &edge.fields)?);
        }
    }
    Ok(slice.edge(data, &link, params))
}

/// `/{ig-id}/stories`: the living ones only.
pub(crate) fn stories(visit: &mut Visit<'_>, right: &Right, account: &Account, edge: &Edge) -> Outcome {
    let (seed, now, params) = (visit.world().seed, visit.now.timestamp(), &edge.params);
    let total = count(seed, account, "story", account.story_every_hours, now);
    let items: Vec<Item> = (0..total)
        .rev()
        .filter_map(|number| story(seed, account, number))
        .take_while(|item| item.at.timestamp() > now - STORY_LIFE)
        .collect();
    let ids: Vec<u64> = items.iter().map(|item| item.id).collect();
    let slice = paging::slice(&ids, params, 25)?;
    let link = visit.link(&format!("/{}/stories", account.id));
    let mut data = Vec::new();
    for item in &items[slice.range.clone()] {
        data.push(object(visit, right, item, &edge.fields)?);
    }
    Ok(slice.edge(data, &link, params))
}
