"""Decides how accounts are kept in DynamoDB; the only package that calls the accounts table.

One module per entity: its functions return entries of a transaction, which a rule composes, or make
a single call. A new entity is a new module, a function in ``keys`` and a row here.

Every key is derived in ``keys``. ``ttl`` (seconds) is garbage collection; each expiry is also a
condition where it matters. Hashes are SHA-256 in hex unless said otherwise.

==================  =======================  ==========================  =========================
entity              pk                       sk                          lives
==================  =======================  ==========================  =========================
Account             ACCOUNT#<account id>     ACCOUNT                     until deleted
Session             ACCOUNT#<account id>     SESSION#<hash of token>     idle and absolute limits
Device              ACCOUNT#<account id>     DEVICE#<hash of account     400 days
                                             and cookie>
E-mail reservation  EMAIL#<hash of address>  EMAIL                       as long as its account; the
                                                                         address before, 72 hours
Access key          ACCOUNT#<account id>     KEY#<hash of key>           until ended; after a reset,
                                                                         until the next one is made
E-mail undo         ACCOUNT#<account id>     UNDO                        72 hours
Flow                REGISTRATION#<hash of    REGISTRATION                24 hours
                    flow id> (one prefix
                    per purpose)
Mail request        as its flow              MAIL#<issue, 6 digits>      24 hours
Download            ACCOUNT#<account id>     DOWNLOAD#<day>#<link id>    90 days
Consent             ACCOUNT#<account id>     CONSENT#<subject>#<time>#   as long as its account
                                             <random>
Use                 ACCOUNT#<account id>     USE                         as long as its account
Closing             ACCOUNT#<account id>     CLOSING                     a day after the deletion
Journal             ACCOUNT#<account id>     JOURNAL#<time>#<random>     12 months
Notice              ACCOUNT#<account id>     NOTICE#<notice id>          14 days
Log-in failures     LOGIN#<hash of address,  LOGIN                       a day after the last one
                    and of browser if known;
                    or of a session>
Idempotency marker  IDEMPOTENCY#<HMAC>       IDEMPOTENCY                 10 minutes
==================  =======================  ==========================  =========================

====================================  ==========================================================
access pattern                        how
====================================  ==========================================================
start a flow                          GetItem marker (if a key); of a reset in a marked browser
                                      GetItem reservation, BatchGetItem account, devices;
                                      UpdateItem budgets (of network, address, service);
                                      TransactWriteItems: flow, mail request, marker (if a key)
issue another code                    GetItem flow; UpdateItem budgets;
                                      TransactWriteItems: flow, mail request
issue one because of a mail           Query index work; GetItem flow; TransactWriteItems: flow, mail
                                      request, and in the mail table budget and seen mail
end the newsletter because of a mail  GetItem reservation and account; TransactWriteItems: account,
                                      consent, and in the mail table seen mail
look at a flow                        GetItem flow
count one try                         UpdateItem flow, conditional, and the address's budget; of
                                      a wrong one also those of network and service
finish a registration                 TransactWriteItems: flow, reservation, account, session,
                                      device, notice
prove a password reset                UpdateItem flow (a try); GetItem reservation and account;
                                      TransactWriteItems: flow, failures (of address and
                                      browser), device
complete a password reset             GetItem flow; TransactWriteItems: flow, account, device,
                                      notice
log in                                BatchGetItem reservation and failures; BatchGetItem account
                                      and device; UpdateItem failures; TransactWriteItems:
                                      account (epoch checked), session, device, failures, notice
change the password                   BatchGetItem account, session, failures, devices; UpdateItem
                                      failures; TransactWriteItems: account (epoch), session,
                                      device, failures, notice, journal
start a change of address             the same reads and count; UpdateItem budgets;
                                      TransactWriteItems: flow, mail request, account, journal
finish a change of address            UpdateItem flow (a try) and budget; the same read;
                                      TransactWriteItems: flow, both reservations, account, undo,
                                      session, device, notice, journal
undo a change of address              GetItem undo and account; TransactWriteItems: undo, account,
                                      both reservations, notice, journal
make an access key                    the reads and count of a change of the password; Query keys;
                                      TransactWriteItems: account (number), key, ended keys,
                                      failures, notice, journal
check an access key                   BatchGetItem account and key; at most hourly UpdateItem
end an access key                     Query keys; TransactWriteItems: key, journal
recognise a session                   BatchGetItem account and session; at most hourly UpdateItem
end sessions                          TransactWriteItems: account (its list), sessions
send a mail of a flow                 UpdateItem mail request; GetItem flow and reservation;
                                      BatchGetItem account's language; BatchGetItem suppression;
                                      (SES); UpdateItem flow's delivery;
                                      TransactWriteItems: mail request, trail
hear what became of a mail            UpdateItem flow's delivery; Query trail (of a bounce);
                                      BatchGetItem suppression;
                                      TransactWriteItems: trail, suppression
ask again for a mail that waits       Query waiting mails; UpdateItem request; DeleteItem
note a download                       PutItem download, unless it is there
change the language                   UpdateItem account
say yes or no                         TransactWriteItems: account, consent
list sessions, list downloads         Query the account's partition by prefix
erase downloads                       Query, BatchWriteItem
look after unused accounts            Query index work; BatchGetItem use; Query the account's
                                      partition; TransactWriteItems: use, notice; or the deletion
delete an account                     TransactWriteItems: account, session, closing; Query and
                                      TransactWriteItems: all items; in the mail table Query and
                                      TransactWriteItems: trail; TransactWriteItems: account,
                                      reservation, session, notice; Query
send a notice                         UpdateItem notice; GetItem account; BatchGetItem suppression;
                                      (SES); TransactWriteItems: notice, trail
====================================  ==========================================================
"""
