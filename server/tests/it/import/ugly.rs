//! A set with everything that goes wrong in one.

pub const ACCOUNTS: &[u8] = b"\xEF\xBB\xBFnumber,name,parent_number,currency,country,payment_terms_days,credit_limit,status,sales_rep_email,colour
A2,Unit North,A1,GBP,GB,30,,active,rep@seller.example,red
A1,\"Acme, Ltd\",,GBP,GB,14,5000.00,active,rep@seller.example,
E1,Euro GmbH,,EUR,DE,,0,hold,,
A1,Again,,GBP,GB,30,,active,,
B1,Bad,,ZZZ,GB,30,,active,,
B2,Bad,,GBP,GB,400,,active,,
B3,Orphan,NOPE,GBP,GB,30,,active,,
C1,Circle,C2,GBP,GB,30,,active,,
C2,Circle,C1,GBP,GB,30,,active,,
\"B4,Unclosed,,GBP,GB,30,,active,,
B5,few
B6,Caf\xE9,,GBP,GB,30,,active,,
SELLER,Mine,,GBP,GB,30,,active,,
B7,Bad,,GBP,GB,30,-5,active,,
A3,\"Two
lines\",,GBP,GB,30,,active,,
B8,,,GBP,GB,30,,active,,
";
pub const MEMBERS: &[u8] = b"account_number,email,name,roles
A1,Buyer@A1.example,Bea Buyer,buyer;finance
A1,admin@a1.example,,account_admin
A1,buyer@a1.example,Bea,buyer
A1,x@a1.example,X,sales_rep
NOPE,y@a1.example,Y,buyer
A1,nobody,N,buyer
E1,buyer@a1.example,Bea,viewer
";
pub const PRODUCTS: &[u8] =
    b"sku,name,category,unit,min_quantity,quantity_multiple,pieces_per_pack,status,successor_sku
s-2,Old thing,Christmas,EA,1,1,6,discontinued,S-1
S-1,First thing,Lunch & picnic,EA,1,1,,active,
S-3,Bad,Christmas,EA,1,1,,active,S-404
S-1,Again,Christmas,EA,1,1,,active,
S-4,Bad,Christmas,EA,0,1,,active,
S-5,Third thing,Valves,,,,,,
";
pub const CONTRACTS: &[u8] = b"number,account_number,name,status,valid_from,valid_to,price_list,catalog
K-1,A1,Agreement,active,2026-01-01,,OWN,DEFAULT
K-2,A1,Agreement,active,2026-01-01,,SHARED,SPECIAL
K-3,E1,Agreement,active,2026-01-01,,SHARED,
K-4,NOPE,Bad,active,2026-01-01,,OWN,
K-5,A1,Bad,active,2026-02-01,2026-01-01,OWN,
K-6,A1,Bad,maybe,2026-02-01,,OWN,
";
pub const PRICES: &[u8] = b"price_list,currency,sku,unit,min_quantity,unit_price,valid_from,valid_to
STANDARD,GBP,S-1,EA,1,10.00,,
OWN,GBP,S-1,EA,1,9.5,2026-01-01,
OWN,GBP,S-1,EA,1.0,9.4,2026-01-01,
OWN,GBP,S-1,EA,10,0,,
OWN,GBP,S-1,EA,10,-1,,
OWN,GBP,S-404,EA,1,1,,
TYPO,GBP,S-1,EA,1,1,,
SHARED,GBP,S-1,EA,1,8,2027-01-01,
OWN,GBP,S-1,EA,2,1.23456,,
STANDARD,GBP,S-2,EA,1,99999999999999999999,,
";
pub const STOCK: &[u8] = b"warehouse,sku,on_hand,incoming,incoming_date
MAIN,S-1,10,5,2026-12-01
MAIN,S-2,-1,0,
MAIN,S-404,1,0,
MAIN,S-1,11,0,
NORTH,S-2,1.5,3,
";
pub const ORDERS: &[u8] =
    b"account_number,order_number,placed_at,po_number,status,sku,description,unit,quantity,unit_price,currency
A1,O-1,2026-11-01T09:00:00,PO 7,completed,S-1,,EA,2,10.000,GBP
A1,O-2,2026-11-02T09:00:00,,shipped,S-1,One,EA,1,10,GBP
A1,O-1,2026-11-01T09:01:00,PO 7,completed,GONE,,EA,3,0,GBP
A1,O-2,2026-11-02T09:00:00,,shipped,S-1,Bad,EA,-1,10,GBP
,O-3,2026-11-02T09:00:00,,shipped,S-1,One,EA,1,10,GBP
NOPE,O-4,2026-11-02T09:00:00,,shipped,S-1,One,EA,1,10,GBP
A1,O-5,2027-01-01T00:00:00,,open,S-1,One,EA,1,10,GBP
A1,O-6,2026-11-02T09:00:00,,lost,S-1,One,EA,1,10,GBP
A1,O-7,2026-06-03,,Partially shipped,S-1,\"A text
on two lines\",EA,1,1.005,GBP
A1,O-8,2026-11-03,,open,S-1,ok,EA,1,1,GBP
A1,O-8,2026-11-03,,open,S-1,\"bro\"ken,EA,1,1,GBP
A1,O-9,2026-11-03,,open,S-1,x,EA,1,1,GBP
A1,O-9,2026-11-03,,open,S-1,x,EA,1,1,EUR
A1,,2026-11-03,,open,S-1,x,EA,1,1,GBP
A1,O-10,2026-11-03,,open,S-1,x,EA,1000000,1,GBP
";
pub const INVOICES: &[u8] = b"account_number,number,kind,issued_on,due_on,order_number,sku,description,unit,quantity,unit_price,tax_rate,currency
A1,I-1,invoice,2026-11-01,2026-12-01,O-1,S-1,,EA,1,0.02,20.0,GBP
A1,I-1,invoice,2026-11-01,2026-12-01,O-1,S-1,b,EA,1,0.02,20,GBP
A1,I-1,invoice,2026-11-01,2026-12-01,O-1,S-1,c,EA,1,0.02,20,GBP
A1,I-2,invoice,2026-11-05,,,S-1,x,EA,1,100,20,GBP
A1,C-1,credit_note,2026-11-06,2026-11-06,,S-1,x,EA,1,10,20,GBP
A1,I-3,invoice,2026-12-01,2026-12-31,,S-1,x,EA,1,10,20,GBP
A1,I-4,invoice,2026-11-05,2026-11-01,,S-1,x,EA,1,10,20,GBP
A1,I-5,invoice,2026-11-05,2026-11-05,,S-1,x,EA,1,10,120,GBP
";
pub const PAYMENTS: &[u8] = b"account_number,number,kind,received_on,amount,currency,document_number
A1,P-1,payment,2026-11-10,0.07,GBP,I-1
A1,P-2,payment,2026-11-10,50.00,GBP,I-2
A1,P-3,payment,2026-11-11,100.00,GBP,I-2
A1,P-4,payment,2026-11-11,5.00,GBP,I-LATER
A1,R-1,refund,2026-11-11,12.00,GBP,C-1
A1,P-5,payment,2026-11-11,5.00,EUR,I-2
A1,P-6,payment,2026-11-11,5.00,GBP,C-1
A1,P-1,payment,2026-11-10,0.07,GBP,I-1
A1,P-7,payment,2026-11-11,0,GBP,I-2
A1,P-8,payment,2026-11-11,1.005,GBP,I-2
,P-9,payment,2026-11-11,1,GBP,I-2
";
pub const ALL: &[(&str, &[u8])] = &[
    ("accounts.csv", ACCOUNTS),
    ("members.csv", MEMBERS),
    ("products.csv", PRODUCTS),
    ("contracts.csv", CONTRACTS),
    ("prices.csv", PRICES),
    ("stock.csv", STOCK),
    ("orders.csv", ORDERS),
    ("invoices.csv", INVOICES),
    ("payments.csv", PAYMENTS),
];
