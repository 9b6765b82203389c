//! How a customer is invoiced: for customer service and seller admins to say.

use domain::Permission;
use domain::ids::AccountId;
use domain::invoices::Invoicing;
use domain::tax::{Category, vat_number};
use serde_json::json;

use crate::error::exactly;
use crate::{Result, Tx, audit};

/// Sets how a customer is invoiced. A treatment takes the tax off everything that is sold from now on; without one the products'
/// own rates are charged. What was ordered before keeps its rates.
pub async fn set_invoicing(tx: &mut Tx, customer: &str, form: &Invoicing) -> Result<()> {
    tx.actor()?.require(Permission::InvoiceIssue)?;
    let before = sqlx::query!(
        r#"SELECT id, country, tax_number, jsonb_build_object('language', language, 'invoicing', invoicing, 'endpoint', endpoint, 'tax_number', tax_number,
                                                  'tax_treatment', tax_treatment, 'discount_percent', discount_percent::text, 'discount_days', discount_days) AS "before!"
           FROM accounts WHERE number = $1 AND id <> '00000000-0000-0000-0000-000000000000' FOR UPDATE"#,
        customer
    )
    .fetch_one(tx.db())
    .await?;
    form.check(&before.country)?;
    let account = AccountId(before.id);
    tx.work_in(account)?;
    // As registrations keep it, which compare numbers: capitals and digits alone.
    let plain = |number: &str| vat_number(number, "");
    let number = plain(&form.vat_number);
    let treatment = form.treatment.map(Category::code);
    let done = sqlx::query!(
        "UPDATE accounts SET language = $2, invoicing = $3, endpoint = $4, tax_number = $5, tax_treatment = $6, discount_percent = $7, discount_days = $8,
                tax_rate = CASE WHEN $6::text IS NOT NULL THEN 0 WHEN tax_treatment IS NOT NULL THEN NULL ELSE tax_rate END
         WHERE id = $1",
        account.0,
        form.language.code(),
        form.mode.code(),
        form.endpoint.trim(),
        number,
        treatment,
        form.early.map(|e| e.percent),
        form.early.map(|e| e.days)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let after = json!({ "language": form.language.code(), "invoicing": form.mode.code(), "endpoint": form.endpoint.trim(),
                        "tax_number": number, "tax_treatment": treatment,
                        "discount_percent": form.early.map(|e| e.percent), "discount_days": form.early.map(|e| e.days) });
    audit::record(tx, "account.invoicing", customer, json!({ "before": before.before, "after": after })).await
}
