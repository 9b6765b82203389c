//! The permission table: every route and every server function × nobody, each role, own and another account's thing.
//! A route without a row fails.

use std::collections::BTreeSet;

use reqwest::StatusCode;

use crate::app::{App, Person};

/// Who asks, in the order of the columns below.
const PEOPLE: [&str; N] = [
    "nobody",
    "buyer@acme.example",
    "manager@acme.example",
    "finance@acme.example",
    "admin@acme.example",
    "viewer@acme.example",
    "rep@seller.example",
    "service@seller.example",
    "chief@seller.example",
];
const N: usize = 9;

/// Statuses for nobody, buyer, approver, finance, account admin, viewer, sales rep, customer service, seller admin.
type Row = (&'static str, &'static str, [u16; N]);

/// Pages. `{order}` and `{invoice}` are Acme's, `{other-order}` and `{other-invoice}` Globex's. A stranger is sent to sign in (303).
const PAGES: &[Row] = &[
    ("/login", "/login", [200; N]),
    ("/forgot", "/forgot", [200; N]),
    ("/register", "/register", [200; N]),
    ("/register/:token", "/register/none", [409; N]),
    ("/reset/:token", "/reset/none", [409; N]),
    ("/invite/:token", "/invite/none", [409; N]),
    // The seller's people begin at /sales.
    ("/", "/", [303, 200, 200, 200, 200, 200, 302, 302, 302]),
    ("/catalog", "/catalog", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/catalog/:category", "/catalog/packaging", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/search", "/search?q=tape", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/products/:sku", "/products/TP-48-CL", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/products/:sku/price", "/products/TP-48-CL/price", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/cart", "/cart", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/cart/split", "/cart/split", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/carts", "/carts", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/carts/:id", "/carts/{cart}", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/carts/:id", "/carts/{other-cart}", [303, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("/alerts", "/alerts", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/checkout", "/checkout", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/orders", "/orders", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/orders/:number", "/orders/{order}", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/orders/:number", "/orders/{other-order}", [303, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("/orders/:number/reorder", "/orders/{order}/reorder", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/orders/:number/reorder", "/orders/{other-order}/reorder", [303, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("/invoices", "/invoices", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("/invoices/:number", "/invoices/{invoice}", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("/invoices/:number", "/invoices/{other-invoice}", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("/payments", "/payments", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("/payments/new", "/payments/new?pay[]={invoice}", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("/payments/:number", "/payments/{payment}", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("/payments/:number", "/payments/{other-payment}", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("/statement", "/statement", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("/ageing", "/ageing", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("/buy-again", "/buy-again", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/part-numbers", "/part-numbers", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/quick-order", "/quick-order", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/lists", "/lists", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/lists/:id", "/lists/{list}", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/lists/:id", "/lists/{private}", [303, 200, 404, 403, 200, 404, 403, 403, 403]),
    ("/lists/:id", "/lists/{stranger}", [303, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("/schedules", "/schedules", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/schedules/new", "/schedules/new?from=list:{list}", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/schedules/new", "/schedules/new?from=order:{other-order}", [303, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("/schedules/:id", "/schedules/{schedule}", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/schedules/:id", "/schedules/{stranger}", [303, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("/packs", "/packs", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("/approve/:token", "/approve/none", [409; N]),
    ("/approvals", "/approvals", [303, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("/approvals/:number", "/approvals/{waiting}", [303, 404, 200, 404, 200, 200, 403, 403, 403]),
    ("/approvals/:number", "/approvals/{other-order}", [303, 404, 404, 404, 404, 404, 403, 403, 403]),
    ("/company/rules", "/company/rules", [303, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("/company/budgets", "/company/budgets", [303, 403, 200, 200, 200, 403, 403, 403, 403]),
    ("/company/cost-centres", "/company/cost-centres", [303, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("/company/units", "/company/units", [303, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("/company/addresses", "/company/addresses", [303, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("/company/credit", "/company/credit", [303, 403, 200, 200, 200, 403, 403, 403, 403]),
    ("/quotes", "/quotes", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/quotes/new", "/quotes/new?from=product:TP-48-CL", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/quotes/:number", "/quotes/{quote}", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/quotes/:number", "/quotes/{other-quote}", [303, 404, 404, 403, 404, 404, 403, 403, 403]),
    // Both sides compare versions, each below its own address.
    ("/quotes/:number/compare", "/quotes/{quote}/compare?from=1&to=2", [303, 200, 200, 403, 200, 200, 200, 200, 200]),
    (
        "/sales/quotes/:number/compare",
        "/sales/quotes/{other-quote}/compare?from=1&to=2",
        [303, 404, 404, 403, 404, 404, 404, 404, 404],
    ),
    ("/sales/quotes", "/sales/quotes", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/quotes/new", "/sales/quotes/new?customer=1001", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/quotes/new", "/sales/quotes/new?customer=1002", [303, 403, 403, 403, 403, 403, 404, 200, 200]),
    ("/sales/quotes/:number", "/sales/quotes/{quote}", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/quotes/:number", "/sales/quotes/{other-quote}", [303, 403, 403, 403, 403, 403, 404, 200, 200]),
    ("/sales/quotes/:number/preview", "/sales/quotes/{asked}/preview", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/held", "/sales/held", [303, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("/sales/synonyms", "/sales/synonyms", [303, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("/sales/registrations", "/sales/registrations", [303, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("/finance/bank", "/finance/bank", [303, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("/finance/overdue", "/finance/overdue", [303, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("/finance/disputes", "/finance/disputes", [303, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("/notices", "/notices", [303, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("/company/members", "/company/members", [303, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("/company/audit", "/company/audit", [303, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("/orders/open-lines", "/orders/open-lines", [303, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("/cart/proposals/:id", "/cart/proposals/{proposal}", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("/cart/proposals/:id", "/cart/proposals/{stranger}", [303, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("/company/assistance", "/company/assistance", [303, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("/sales", "/sales", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/customers", "/sales/customers", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/customers/:number", "/sales/customers/1001", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/customers/:number", "/sales/customers/1002", [303, 403, 403, 403, 403, 403, 404, 200, 200]),
    ("/sales/orders", "/sales/orders", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/orders/:number", "/sales/orders/{order}?customer=1001", [303, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("/sales/orders/:number", "/sales/orders/{other-order}", [303, 403, 403, 403, 403, 403, 404, 200, 200]),
    ("/profile", "/profile", [303, 200, 200, 200, 200, 200, 200, 200, 200]),
    // Plain routes of the server.
    ("", "/invoices/{invoice}.pdf", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("", "/invoices/{other-invoice}.pdf", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("", "/invoices/{invoice}.xml", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("", "/invoices/{other-invoice}.xml", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("", "/quotes/{quote}.pdf", [303, 200, 200, 403, 200, 200, 200, 200, 200]),
    ("", "/quotes/{quote}.pdf?version=1", [303, 200, 200, 403, 200, 200, 200, 200, 200]),
    ("", "/quotes/{other-quote}.pdf", [303, 404, 404, 403, 404, 404, 404, 404, 404]),
    ("", "/part-numbers/files", [303, 405, 405, 405, 405, 405, 405, 405, 405]),
    ("", "/quick-order/files", [303, 405, 405, 405, 405, 405, 405, 405, 405]),
    ("", "/quick-order/open.csv", [303, 200, 403, 403, 403, 403, 403, 403, 403]),
    // Draws what it is given, for whoever is signed in.
    ("", "/products/TM-5M/barcode.svg", [303, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("", "/packs/{unit}/download", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    // By post alone; and evidence that is not there.
    ("", "/disputes/{unit}/files", [303, 405, 405, 405, 405, 405, 405, 405, 405]),
    ("", "/disputes/{unit}/files/{unit}", [303, 403, 403, 404, 403, 403, 403, 404, 404]),
    // For statements alone, by post.
    ("", "/finance/bank/files", [303, 405, 405, 405, 405, 405, 405, 405, 405]),
    ("", "/quotes/{quote}/files/{unit}", [303, 404, 404, 403, 404, 404, 404, 404, 404]),
    ("", "/api/notices/live", [401, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("", "/invoices.csv", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("", "/statement.csv", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    // What came in by itself has no advice.
    ("", "/payments/{payment}.pdf", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("", "/payments/{other-payment}.pdf", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    // Pounds have no code, and what is paid has no card page: back to the payment.
    ("", "/payments/{payment}/code.svg", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("", "/payments/{other-payment}/code.svg", [303, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("", "/payments/{payment}/card", [303, 403, 403, 303, 403, 403, 403, 403, 403]),
    ("", "/demo/pay/none", [404; N]),
    // For a provider's messages alone, by post.
    ("", "/webhooks/payments/sandbox", [405; N]),
    ("", "/invoices.xlsx", [303, 403, 403, 200, 403, 403, 403, 403, 403]),
    // A secret address, and nobody is asked who they are.
    ("", "/calendar/none/deliveries.ics", [404; N]),
    ("", "/healthz", [200; N]),
    ("", "/readyz", [200; N]),
    // No bundle in these tests; what counts is that nobody is asked who they are.
    ("", "/favicon.ico", [404; N]),
    ("", "/media/none.jpg", [303, 404, 404, 404, 404, 404, 404, 404, 404]),
    ("", "/ui", [303, 404, 404, 404, 404, 404, 404, 404, 404]),
    ("", "/demo/mail", [404; N]),
    ("", "/no/such/page", [303, 404, 404, 404, 404, 404, 404, 404, 404]),
];

/// Server functions that read: what they are asked with.
const READS: &[Row] = &[
    ("accounts/frame", "", [401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("accounts/link", "token=none", [409; N]),
    ("accounts/profile", "", [401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("accounts/members", "", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("accounts/audit", "", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("catalog/page", "category=&query=", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("catalog/product", "sku=TP-48-CL", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("catalog/price", "sku=TP-48-CL&quantity=12", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("cart/page", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("cart/checkout", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("orders/history", "query=", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("orders/find", "number={order}", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("orders/find", "number={other-order}", [401, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("orders/diff", "number={order}", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("orders/diff", "number={other-order}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("invoices/list", "query=", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("invoices/find", "number={invoice}", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("invoices/find", "number={other-invoice}", [401, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("payments/list", "page=1", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("payments/find", "number={payment}", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("payments/find", "number={other-payment}", [401, 403, 403, 404, 403, 403, 403, 403, 403]),
    ("payments/new", "query=", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("ledger/statement", "query=", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("ledger/ageing", "day=", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("accounts/registration", "token=none", [409; N]),
    ("accounts/registrations", "", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("orders/held", "", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("approvals/inbox", "", [401, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("approvals/find", "number={waiting}", [401, 404, 200, 404, 200, 200, 403, 403, 403]),
    ("approvals/find", "number={other-order}", [401, 404, 404, 404, 404, 404, 403, 403, 403]),
    ("approvals/by-link", "token=none", [409; N]),
    ("approvals/rules", "", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/budgets", "", [401, 403, 200, 200, 200, 403, 403, 403, 403]),
    ("company/cost-centres", "", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/units", "", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/addresses", "", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/credit", "", [401, 403, 200, 200, 200, 403, 403, 403, 403]),
    ("quotes/list", "query=", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("quotes/find", "number={quote}", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("quotes/find", "number={asked}", [401, 404, 200, 403, 200, 200, 403, 403, 403]),
    ("quotes/find", "number={other-quote}", [401, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("quotes/compare", "number={quote}&from=1&to=2", [401, 200, 200, 403, 200, 200, 200, 200, 200]),
    ("quotes/new", "from=cart", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("quotes/queue", "query=", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("quotes/desk", "number={quote}&preview=false", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("quotes/desk", "number={other-quote}&preview=false", [401, 403, 403, 403, 403, 403, 404, 200, 200]),
    ("quotes/begin-for", "customer=", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("company/notices", "", [401, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("assistance/page", "", [401, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("proposals/waiting", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("proposals/find", "id={proposal}", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("proposals/find", "id={stranger}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("deliveries/board", "query=", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("sales/home", "", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("sales/customers", "query=", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("sales/customer", "number=1001", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("sales/customer", "number=1002", [401, 403, 403, 403, 403, 403, 404, 200, 200]),
    ("again/page", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("search/suggest", "words=tape", [401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("search/synonyms", "", [401, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("parts/page", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("quick/page", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/list", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/find", "id={cart}", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/find", "id={other-cart}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/parts", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("alerts/page", "", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("lists/list", "", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("lists/find", "id={list}", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("lists/find", "id={stranger}", [401, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("schedules/list", "", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("schedules/find", "id={schedule}", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("schedules/find", "id={stranger}", [401, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("schedules/new", "query=&from=list:{list}", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("schedules/new", "query=&from=list:{stranger}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("packs/list", "", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("reminders/overdue", "query=", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("reminders/settings", "", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("disputes/page", "", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("bank/page", "", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("sales/orders", "query=", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("sales/order", "customer=1001&number={order}", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("sales/order", "customer=1002&number={other-order}", [401, 403, 403, 403, 403, 403, 404, 200, 200]),
];

/// Server functions that write. 200 or 302: done. Asked in this order, so that what one does the next may find.
const WRITES: &[Row] = &[
    ("accounts/sign-in", "email=x@acme.example&password=wrong+password&next=/", [422; N]),
    ("accounts/forgot", "email=nobody@acme.example", [200; N]),
    (
        "accounts/register",
        "company=N&tax_number=GB12345&street=1+Road&postcode=B1&city=Town&country=GB&name=N&email=n@new.example",
        [200; N],
    ),
    ("accounts/register", "company=&tax_number=1&street=&postcode=&city=&country=&name=&email=", [422; N]),
    ("accounts/confirm-registration", "token=none", [409; N]),
    ("accounts/redeem", "token=none&password=twelve+or+more", [409; N]),
    ("accounts/switch", "account={other-account}", [401, 404, 404, 404, 404, 404, 404, 404, 404]),
    ("accounts/end-session", "key=00", [401, 404, 404, 404, 404, 404, 404, 404, 404]),
    ("accounts/invite", "email=n@acme.example&name=N&roles[0]=viewer", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("accounts/deactivate", "email=n@acme.example", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("accounts/deactivate", "email=buyer@globex.example", [401, 403, 403, 403, 404, 403, 403, 403, 403]),
    ("accounts/invite-many", "people=m@acme.example,+M", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("accounts/change-member", "id={stranger}&roles[0]=viewer", [401, 403, 403, 403, 404, 403, 403, 403, 403]),
    ("accounts/reactivate", "id={stranger}", [401, 403, 403, 403, 404, 403, 403, 403, 403]),
    ("cart/add", "sku=TM-5M&quantity=4&back=/cart", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("cart/add", "sku=NOPE&quantity=4&back=/cart", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("cart/set", "sku=TM-5M&quantity=5", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("cart/remove", "sku=TM-5M", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    (
        "cart/submit",
        "order_id=01890000-0000-7000-8000-000000000000&total=1",
        [401, 409, 403, 403, 403, 403, 403, 403, 403],
    ),
    (
        "accounts/reject-registration",
        "id=01890000-0000-7000-8000-000000000000&reason=no",
        [401, 403, 403, 403, 403, 403, 403, 404, 404],
    ),
    (
        "accounts/approve-registration",
        "id=01890000-0000-7000-8000-000000000000&number=2000&currency=GBP",
        [401, 403, 403, 403, 403, 403, 403, 404, 404],
    ),
    ("orders/release", "account=1001&number=none&version=1", [401, 403, 403, 403, 403, 403, 403, 404, 404]),
    ("orders/reorder", "number={order}&all=1", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("orders/reorder", "number={other-order}&all=1", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    // The order was shipped: a conflict for those who might, forbidden for the others.
    ("orders/cancel", "number={order}&version=1", [401, 409, 403, 403, 409, 403, 403, 403, 403]),
    ("orders/cancel", "number={other-order}&version=1", [401, 404, 403, 403, 404, 403, 403, 403, 403]),
    (
        "approvals/decide",
        "number={waiting}&version=1&verdict=question&words=why",
        [401, 404, 200, 404, 403, 403, 403, 403, 403],
    ),
    (
        "approvals/decide",
        "number={other-order}&version=1&verdict=approve",
        [401, 404, 404, 404, 404, 404, 403, 403, 403],
    ),
    ("approvals/approve-all", "orders[0]={waiting}@9", [401, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("approvals/answer", "number={waiting}&words=because", [401, 404, 403, 404, 403, 403, 403, 403, 403]),
    (
        "approvals/delegate",
        "to={junior}&first=2027-01-01&last=2027-01-02&cap=5",
        [401, 200, 200, 200, 200, 200, 403, 403, 403],
    ),
    (
        "approvals/delegate",
        "to={stranger}&first=2027-01-01&last=2027-01-02&cap=5",
        [401, 404, 404, 404, 404, 404, 403, 403, 403],
    ),
    (
        "approvals/end-delegation",
        "id=01890000-0000-7000-8000-000000000000",
        [401, 404, 404, 404, 404, 404, 403, 403, 403],
    ),
    ("approvals/decide-by-link", "token=none&version=1&verdict=approve", [409; N]),
    ("approvals/save-rule", "name=R&over=500&first[0]=role:approver", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    (
        "approvals/change-rule",
        "id=01890000-0000-7000-8000-000000000000&version=1&change=off",
        [401, 403, 403, 403, 404, 403, 403, 403, 403],
    ),
    ("approvals/save-patience", "remind=4&escalate=12", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    (
        "company/set-budget",
        "cost_centre=SAFETY&period=month&total=100&beyond=warn",
        [401, 403, 403, 403, 200, 403, 403, 403, 403],
    ),
    ("company/end-budget", "id=01890000-0000-7000-8000-000000000000", [401, 403, 403, 403, 404, 403, 403, 403, 403]),
    ("company/save-unit", "name=East", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/save-unit", "id={other-account}&name=Ours", [401, 403, 403, 403, 404, 403, 403, 403, 403]),
    ("company/join-unit", "id={unit}", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/join-unit", "id={other-account}", [401, 403, 403, 403, 404, 403, 403, 403, 403]),
    ("company/close-unit", "id={unit}", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/close-unit", "id={other-account}", [401, 403, 403, 403, 404, 403, 403, 403, 403]),
    ("company/save-cost-centre", "code=NEW&name=New", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/close-cost-centre", "code=NEW&open=", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    (
        "company/save-address",
        "kind=ship_to&label=New&company=Acme&street=1+Road&postcode=B1&city=Town&country=GB",
        [401, 403, 403, 403, 200, 403, 403, 403, 403],
    ),
    (
        "company/delete-address",
        "id=01890000-0000-7000-8000-000000000000",
        [401, 403, 403, 403, 404, 403, 403, 403, 403],
    ),
    ("company/settings", "minimum=20&by_mail=1", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    ("company/choose-mails", "", [401, 200, 200, 200, 200, 200, 403, 403, 403]),
    ("company/notices-read", "", [401, 200, 200, 200, 200, 200, 403, 403, 403]),
    (
        "quotes/ask",
        "id=01890000-0000-7000-8000-0000000000aa&lines[0][name]=Racks&lines[0][quantity]=2",
        [401, 200, 403, 403, 403, 403, 403, 403, 403],
    ),
    // Another account's invoice is as good as none: nothing is settled.
    (
        "payments/settle",
        "id=01890000-0000-7000-8000-0000000000ac&expected=1&lines[0][number]={other-invoice}&lines[0][pick]=1",
        [401, 403, 403, 409, 403, 403, 403, 403, 403],
    ),
    (
        "again/buy",
        "rows[0][sku]=TM-5M&rows[0][quantity]=4&rows[0][pick]=1",
        [401, 200, 403, 403, 403, 403, 403, 403, 403],
    ),
    ("quick/keep", "lines=TM-5M+4", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("quick/line", "article=TM-5M&quantity=4", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("search/add-synonyms", "phrases=cling+film,stretch+wrap", [401, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("search/remove-synonyms", "id={stranger}", [401, 403, 403, 403, 403, 403, 403, 403, 404]),
    ("parts/take", "numbers=OURS-1,TM-5M", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("parts/forget", "key=NONE&sku=TM-5M", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("quick/choose", "no=9&raw=gone&sku=TM-5M", [401, 409, 403, 403, 403, 403, 403, 403, 403]),
    ("quick/order", "", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    // Nothing is in the cart, or everything in it has one reason.
    ("carts/keep", "name=", [401, 422, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/split", "out[]=now", [401, 422, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/open", "id={cart}", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/open", "id={other-cart}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/rename", "id={cart}&name=Leeds", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/rename", "id={other-cart}&name=Mine", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/share", "id={other-cart}&with={stranger}&may=take", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/share", "id={cart}&with={stranger}&may=take", [401, 422, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/copy", "id={other-cart}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/take", "id={other-cart}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/take", "id={cart}", [401, 403, 403, 403, 403, 403, 403, 403, 403]),
    ("carts/delete", "id={other-cart}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("alerts/watch", "sku=HB-M8-50-A2", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("alerts/unwatch", "sku=HB-M8-50-A2&back=/alerts", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("lists/make", "name=New&from=cart", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("lists/add", "id={list}&sku=TM-5M&quantity=4", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("lists/set", "id={list}&sku=TM-5M&quantity=8&par=12", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("lists/order", "id={list}", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("lists/order", "id={stranger}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("lists/save", "id={list}&name=Ours&account=read", [401, 200, 403, 403, 200, 403, 403, 403, 403]),
    ("lists/delete", "id={stranger}", [401, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("schedules/make", "from=list:{list}&seen=1&form[name]=Mine", [401, 422, 403, 403, 403, 403, 403, 403, 403]),
    ("schedules/save", "id={schedule}&form[name]=Mine", [401, 422, 403, 403, 403, 403, 403, 403, 403]),
    ("schedules/save", "id={stranger}&form[name]=Mine", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("schedules/lines", "id={schedule}&quantities[TP-48-CL]=72", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("schedules/lines", "id={stranger}&sku=TM-5M", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    // Another date than the next one: a conflict for those who might.
    (
        "schedules/answer",
        "id={schedule}&due_on=2026-01-01&seen=1&scope=once",
        [401, 409, 403, 403, 403, 403, 403, 403, 403],
    ),
    ("schedules/skip", "id={schedule}&due_on=2026-01-01", [401, 409, 403, 403, 409, 403, 403, 403, 403]),
    // Paused by the first of them already.
    ("schedules/change", "id={schedule}&change=pause", [401, 200, 403, 403, 409, 403, 403, 403, 403]),
    ("schedules/change", "id={stranger}&change=end", [401, 404, 404, 403, 404, 404, 403, 403, 403]),
    ("packs/ask", "from=2020-01-01&to=2026-12-31", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    // Once a day: the second is told so.
    ("reminders/remind", "customer=1001&currency=GBP", [401, 403, 403, 403, 403, 403, 403, 200, 422]),
    ("reminders/remind", "customer=none&currency=GBP", [401, 403, 403, 403, 403, 403, 403, 404, 404]),
    ("reminders/promise", "customer=1001&on=2026-12-01", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("reminders/promise", "customer=none&on=2026-12-01", [401, 403, 403, 403, 403, 403, 403, 404, 404]),
    ("reminders/set", "days_before=5&every_days=7", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("packs/monthly", "", [401, 403, 403, 200, 403, 403, 403, 403, 403]),
    (
        "disputes/raise",
        "number=INV-2026-01877&line=1&reason=price&words=why",
        [401, 403, 403, 200, 403, 403, 403, 403, 403],
    ),
    (
        "disputes/raise",
        "number={other-invoice}&line=1&reason=price&words=why",
        [401, 403, 403, 404, 403, 403, 403, 403, 403],
    ),
    ("disputes/withdraw", "number={invoice}&id={unit}", [401, 403, 403, 404, 403, 403, 403, 403, 403]),
    (
        "disputes/answer",
        "id={unit}&credit={unit}&verdict=decline&words=no",
        [401, 403, 403, 403, 403, 403, 403, 404, 404],
    ),
    (
        "bank/book",
        "line=01890000-0000-7000-8000-0000000000ae&customer=1001",
        [401, 403, 403, 403, 403, 403, 403, 404, 404],
    ),
    (
        "bank/set-aside",
        "line=01890000-0000-7000-8000-0000000000ae&reason=interest",
        [401, 403, 403, 403, 403, 403, 403, 404, 404],
    ),
    ("payments/withdraw", "number={other-payment}", [401, 403, 403, 404, 403, 403, 403, 403, 403]),
    (
        "payments/undo",
        "number={other-invoice}&allocation=01890000-0000-7000-8000-0000000000ad",
        [401, 403, 403, 404, 403, 403, 403, 403, 403],
    ),
    ("quotes/talk", "number={quote}&words=Hello", [401, 200, 403, 403, 403, 403, 200, 200, 200]),
    ("quotes/talk", "number={other-quote}&words=Hello", [401, 404, 403, 403, 403, 403, 404, 200, 200]),
    (
        "quotes/answer",
        "number={quote}&version=99&what=changes&words=why",
        [401, 409, 403, 403, 403, 403, 403, 403, 403],
    ),
    (
        "quotes/accept",
        "number={quote}&version=99&order_id=01890000-0000-7000-8000-0000000000ab",
        [401, 409, 403, 403, 403, 403, 403, 403, 403],
    ),
    ("quotes/begin", "customer=1001&member={junior}&title=T", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("quotes/begin", "customer=1002&member={stranger}&title=T", [401, 403, 403, 403, 403, 403, 404, 200, 200]),
    (
        "quotes/save",
        "number={asked}&draft_version=99&valid_until=2027-01-01",
        [401, 403, 403, 403, 403, 403, 409, 409, 409],
    ),
    ("quotes/release", "number={asked}&draft_version=99", [401, 403, 403, 403, 403, 403, 403, 403, 409]),
    ("quotes/end", "number={asked}&version=99&what=refuse&words=no", [401, 403, 403, 403, 403, 403, 409, 409, 409]),
    ("quotes/agree", "number={asked}", [401, 403, 403, 403, 403, 403, 409, 409, 409]),
    ("quotes/agree", "number={other-quote}", [401, 403, 403, 403, 403, 403, 404, 409, 409]),
    ("assistance/answer", "id={stranger}&agree=1", [401, 404, 404, 404, 404, 404, 403, 403, 403]),
    ("assistance/end", "id={stranger}", [401, 404, 404, 404, 404, 404, 403, 403, 403]),
    ("assistance/policy", "policy=allowed", [401, 403, 403, 403, 200, 403, 403, 403, 403]),
    // Whoever acts for nobody stops nothing.
    ("assistance/stop", "", [401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("proposals/propose", "note=x", [401, 403, 403, 403, 403, 403, 403, 403, 403]),
    ("proposals/accept", "id={stranger}", [401, 404, 403, 403, 403, 403, 403, 403, 403]),
    ("proposals/decline", "id={proposal}", [401, 200, 403, 403, 403, 403, 403, 403, 403]),
    ("deliveries/renew-feed", "", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("deliveries/end-feed", "", [401, 200, 200, 403, 200, 200, 403, 403, 403]),
    ("sales/act", "customer=1001&member={stranger}&reason=by+phone", [401, 403, 403, 403, 403, 403, 404, 404, 404]),
    ("sales/begin", "id={stranger}", [401, 403, 403, 403, 403, 403, 404, 404, 404]),
    ("sales/note", "customer=1001&text=x", [401, 403, 403, 403, 403, 403, 200, 200, 200]),
    ("sales/note", "customer=1002&text=x", [401, 403, 403, 403, 403, 403, 404, 200, 200]),
    // The order was shipped: nothing is left to send.
    (
        "sales/ship",
        "customer=1001&number={order}&version=2&carrier=x&shipped_on=2026-11-23",
        [401, 403, 403, 403, 403, 403, 403, 409, 409],
    ),
    (
        "sales/change-order",
        "customer=1001&number={order}&version=9&change=complete",
        [401, 403, 403, 403, 403, 403, 403, 409, 409],
    ),
    (
        "sales/credit",
        "customer=1001&number=none&order=x&id={unit}&reason=x&quantities[1]=1",
        [401, 403, 403, 403, 403, 403, 403, 404, 404],
    ),
    (
        "sales/credit",
        "customer=1002&number={invoice}&order=x&id={unit}&reason=x&quantities[1]=1",
        [401, 403, 403, 403, 403, 403, 403, 404, 404],
    ),
    ("sales/invoicing", "customer=1001&language=en&mode=per_order", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    ("sales/invoicing", "customer=none&language=en&mode=per_order", [401, 403, 403, 403, 403, 403, 403, 404, 404]),
    ("sales/promise", "customer=1001&number=none&line=1&day=2027-01-01", [401, 403, 403, 403, 403, 403, 403, 404, 404]),
    ("accounts/sign-out", "", [401, 200, 200, 200, 200, 200, 200, 200, 200]),
];

async fn text(app: &App, sql: &str) -> String {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&app.world.superuser).await.unwrap()
}

/// Replaces the placeholders of the tables.
struct Things(Vec<(&'static str, String)>);

impl Things {
    async fn of(app: &App) -> Self {
        let one = async |table: &str, account: &str, more: &str| {
            text(app, &format!("SELECT t.number FROM {table} t JOIN accounts a ON a.id = t.account_id WHERE a.number = '{account}' {more} ORDER BY 1 LIMIT 1")).await
        };
        let globex = app.sign_in("buyer@globex.example").await;
        assert_eq!(
            globex.call("/api/cart/add", &[("sku", "TP-48-CL"), ("quantity", "36"), ("back", "/cart")]).await.status(),
            200
        );
        let other_cart = text(
            app,
            "SELECT c.id::text FROM carts c JOIN accounts a ON a.id = c.account_id WHERE a.number = '1002' LIMIT 1",
        )
        .await;
        let id = store::new_id::<uuid::Uuid>().to_string();
        let racks = [("id", id.as_str()), ("lines[0][name]", "Racks"), ("lines[0][quantity]", "2")];
        assert_eq!(globex.call("/api/quotes/ask", &racks).await.status(), 200);
        Self(vec![
            ("{quote}", one("quotes", "1001", "AND t.status = 'sent'").await),
            ("{asked}", one("quotes", "1001", "AND t.status = 'requested'").await),
            ("{other-quote}", one("quotes", "1002", "").await),
            ("{order}", one("orders", "1001", "AND t.status = 'shipped'").await),
            ("{other-order}", one("orders", "1002", "").await),
            ("{invoice}", one("invoices", "1001", "").await),
            ("{other-invoice}", one("invoices", "1002", "").await),
            ("{payment}", one("payments", "1001", "").await),
            ("{other-payment}", one("payments", "1002", "").await),
            ("{waiting}", one("orders", "1001", "AND t.status = 'pending_approval'").await),
            (
                "{junior}",
                text(app, "SELECT m.id::text FROM members m JOIN people p ON p.id = m.person_id WHERE p.email = 'junior@acme.example'").await,
            ),
            (
                "{stranger}",
                text(app, "SELECT m.id::text FROM members m JOIN people p ON p.id = m.person_id WHERE p.email = 'buyer@globex.example'").await,
            ),
            (
                "{proposal}",
                text(app, "SELECT c.id::text FROM cart_proposals c JOIN members m ON (m.account_id, m.id) = (c.account_id, c.member_id) JOIN people p ON p.id = m.person_id WHERE p.email = 'buyer@acme.example'").await,
            ),
            ("{cart}", text(app, "SELECT c.id::text FROM carts c JOIN members m ON (m.account_id, m.id) = (c.account_id, c.member_id) JOIN people p ON p.id = m.person_id WHERE p.email = 'buyer@acme.example' AND c.name = 'Shutdown in December'").await),
            ("{other-cart}", other_cart),
            ("{list}", text(app, "SELECT id::text FROM lists WHERE name = 'Weekly consumables'").await),
            ("{private}", text(app, "SELECT id::text FROM lists WHERE name = 'Line 4, next stop'").await),
            ("{schedule}", text(app, "SELECT id::text FROM schedules WHERE name = 'Weekly consumables'").await),
            ("{unit}", text(app, "SELECT id::text FROM accounts WHERE number = '1001-2'").await),
            ("{other-account}", text(app, "SELECT id::text FROM accounts WHERE number = '1002'").await),
        ])
    }

    fn put(&self, template: &str) -> String {
        self.0.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

/// Somebody whom the demo does not know, with its password.
async fn newcomer(app: &App, email: &str) -> uuid::Uuid {
    let person: uuid::Uuid = store::new_id();
    app.world.sql(&format!("INSERT INTO people (id, email, name) VALUES ('{person}', '{email}', 'New')")).await;
    app.world
        .sql(&format!("INSERT INTO credentials SELECT '{person}', password_hash, now() FROM credentials LIMIT 1"))
        .await;
    person
}

async fn everybody(app: &App) -> Vec<Person<'_>> {
    let viewer = newcomer(app, "viewer@acme.example").await;
    app.world
        .sql(&format!("INSERT INTO members (account_id, id, person_id, roles) SELECT id, gen_random_uuid(), '{viewer}', '{{viewer}}' FROM accounts WHERE number = '1001'"))
        .await;
    let chief = newcomer(app, "chief@seller.example").await;
    app.world.sql(&format!("INSERT INTO staff (person_id, role) VALUES ('{chief}', 'seller_admin')")).await;
    let mut people = vec![app.nobody()];
    for email in &PEOPLE[1..] {
        people.push(app.sign_in(email).await);
    }
    people
}

#[tokio::test]
async fn every_page_answers_each_role_as_the_table_says() {
    let app = App::start().await;
    let (things, people) = (Things::of(&app).await, everybody(&app).await);
    let routes: BTreeSet<String> = server::serve::pages().iter().map(|r| r.path().to_owned()).collect();
    let rows: BTreeSet<String> = PAGES
        .iter()
        .filter(|r| !r.0.is_empty())
        .map(|r| {
            r.0.split('/')
                .map(|s| s.strip_prefix(':').map_or_else(|| s.to_owned(), |n| format!("{{{n}}}")))
                .collect::<Vec<_>>()
                .join("/")
        })
        .collect();
    let known: BTreeSet<String> = routes.iter().map(|r| r.trim_end_matches('/').to_owned()).collect();
    let rows: BTreeSet<String> = rows.iter().map(|r| r.trim_end_matches('/').to_owned()).collect();
    assert_eq!(known, rows, "a route without a row, or a row without a route");
    let mut wrong = Vec::new();
    for (_, path, expected) in PAGES {
        let path = things.put(path);
        for ((person, who), status) in people.iter().zip(PEOPLE).zip(expected) {
            let answer = person.get(&path).await;
            if answer.status() != *status {
                wrong.push(format!("{path} as {who}: {} instead of {status}", answer.status()));
            }
            if *status == 303 && who == "nobody" {
                assert!(answer.headers()["location"].to_str().unwrap().starts_with("/login"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_server_function_answers_each_role_as_the_table_says() {
    let app = App::start().await;
    let (things, people) = (Things::of(&app).await, everybody(&app).await);
    let known: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.trim_start_matches("/api/").to_owned())
        .collect();
    let rows: BTreeSet<String> = READS.iter().chain(WRITES).map(|r| r.0.to_owned()).collect();
    assert_eq!(known, rows, "a server function without a row, or a row without a function");
    let mut wrong = Vec::new();
    let mut note = |path: &str, who: &str, got: StatusCode, expected: u16| {
        if got != expected {
            wrong.push(format!("{path} as {who}: {got} instead of {expected}"));
        }
    };
    for (path, query, expected) in READS {
        let path = format!("/api/{path}?{}", things.put(query));
        for ((person, who), status) in people.iter().zip(PEOPLE).zip(expected) {
            note(&path, who, person.read(&path).await.status(), *status);
        }
    }
    for (path, form, expected) in WRITES {
        let path = format!("/api/{path}");
        let form = things.put(form);
        let pairs: Vec<(String, String)> = form
            .split('&')
            .filter_map(|p| p.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.replace('+', " ")))
            .collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        for ((person, who), status) in people.iter().zip(PEOPLE).zip(expected) {
            note(&format!("{path} {form}"), who, person.call(&path, &pairs).await.status(), *status);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn what_belongs_to_another_account_looks_like_what_does_not_exist() {
    let app = App::start().await;
    let things = Things::of(&app).await;
    let (buyer, finance) = (app.sign_in("buyer@acme.example").await, app.sign_in("finance@acme.example").await);
    for (person, theirs, nothing) in [
        (&buyer, "/api/orders/find?number={other-order}", "/api/orders/find?number=SO-2026-999999"),
        (&buyer, "/api/quotes/find?number={other-quote}", "/api/quotes/find?number=Q-2026-999999"),
        (&finance, "/api/invoices/find?number={other-invoice}", "/api/invoices/find?number=INV-2026-99999"),
    ] {
        let (theirs, nothing) = (person.read(&things.put(theirs)).await, person.read(nothing).await);
        assert_eq!(theirs.status(), nothing.status());
        assert_eq!(theirs.text().await.unwrap(), nothing.text().await.unwrap());
    }
}
