//! Lists in pages.

use serde_json::{Value, json};

use crate::context::Context;
use crate::reply::{ApiError, Reply};

/// The description's defaults and limit.
const DEFAULT_ITEMS: usize = 100;
const MOST_ITEMS: usize = 500;

/// The page that the query asks for.
pub(crate) fn page(context: &Context<'_>, status: u16, items: Vec<Value>) -> Result<Reply, ApiError> {
    let number = positive(context, "pageNum")?.unwrap_or(1);
    let per_page = positive(context, "itemsPerPage")?.unwrap_or(DEFAULT_ITEMS);
    if per_page > MOST_ITEMS {
        return Err(ApiError::invalid_query_parameter("itemsPerPage"));
    }
    let include_count = match context.parameter("includeCount").as_deref() {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => return Err(ApiError::invalid_query_parameter("includeCount")),
    };
    let total = items.len();
    let link = |rel: &str, number: usize| {
        let (origin, path) = (context.origin, context.path);
        let href = format!("{origin}{path}?includeCount={include_count}&pageNum={number}&itemsPerPage={per_page}");
        json!({ "href": href, "rel": rel })
    };
    let mut links = Vec::new();
    if number > 1 {
        links.push(link("previous", number - 1));
    }
    links.push(link("self", number));
    if number.saturating_mul(per_page) < total {
        links.push(link("next", number + 1));
    }
    let skipped = (number - 1).saturating_mul(per_page);
    let results: Vec<_> = items.into_iter().skip(skipped).take(per_page).collect();
    let mut page = json!({ "links": links, "results": results });
    if include_count {
        page["totalCount"] = json!(total);
    }
    Ok(Reply::new(status, page))
}

fn positive(context: &Context<'_>, name: &str) -> Result<Option<usize>, ApiError> {
    let Some(text) = context.parameter(name) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => Err(ApiError::invalid_query_parameter(name)),
    }
}
