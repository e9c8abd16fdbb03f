# Picking a saved search and a provider.
play <<'EOF'
size 80x12
now 2026-11-24T12:00:00Z
keys s
save-screen searches
type inv
save-screen filtered
keys Enter
expect query:invoice
expect 1 of 6
keys l
save-screen providers
type mail
save-screen some
keys Down Down Up
type ji
save-screen new
keys ^U
type Jim Mail & Söhne
keys Enter
save-screen labelled
# A new name that is part of others, and one that is there as a whole.
keys u l
type mail
keys End
save-screen also-new
keys Enter
expect esp/mail
keys u l
type mandrill
refuse new provider
EOF
screen searches <<'EOF'
 Saved searches — type to filter, Enter picks, Esc goes back
>
  inbox                        tag:inbox and not tag:spam
  invoice                      tag:spam and subject:invoice
  spam                         tag:spam






 Enter pick
EOF
screen filtered <<'EOF'
 Saved searches — type to filter, Enter picks, Esc goes back
> inv
  invoice                      tag:spam and subject:invoice








 Enter pick
EOF
screen providers <<'EOF'
 Whose are the marked messages? — type to filter, Enter picks, Esc goes back
>
  amazon-ses                   Amazon SES (esp)
  bitly                        Bitly (shortener)
  brevo                        Brevo (Sendinblue) (esp)
  customerio                   Customer.io (esp)
  google                       Google redirects (redirector)
  mailchimp                    Mailchimp (esp)
  mailgun                      Mailgun (esp)
  mailjet                      Mailjet (esp)
  mandrill                     Mandrill (Mailchimp Transactional) (esp)
 Enter pick
EOF
screen some <<'EOF'
 Whose are the marked messages? — type to filter, Enter picks, Esc goes back
> mail
  mailchimp                    Mailchimp (esp)
  mailgun                      Mailgun (esp)
  mailjet                      Mailjet (esp)
  mandrill                     Mandrill (Mailchimp Transactional) (esp)
  new provider: mail




 Enter pick
EOF
screen new <<'EOF'
 Whose are the marked messages? — type to filter, Enter picks, Esc goes back
> mailji
  new provider: mailji








 Enter pick
EOF
screen also-new <<'EOF'
 Whose are the marked messages? — type to filter, Enter picks, Esc goes back
> mail
  mailchimp                    Mailchimp (esp)
  mailgun                      Mailgun (esp)
  mailjet                      Mailjet (esp)
  mandrill                     Mandrill (Mailchimp Transactional) (esp)
  new provider: mail




 Enter pick
EOF
screen labelled <<'EOF'
 espial — query:invoice — 1 of 6
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  esp/jim…
  28 Sep Service compt… Facture impayée (invoice 55-2…                  new spam
  25 Sep Document Shar… A new invoice was shared with…                  new spam
  30 Aug Billing <acco… Your invoice #7731 is overdue                   new spam
  14 Aug Buchhaltung <… Rechnung / invoice 2026-118 –…                  new spam
  07 Aug Billing <acco… Final reminder: invoice #7745                   new spam



label 1 message jim-mail-sohne: +esp/jim-mail-sohne +tracker on 1 message; u
undoes
EOF
