# Threads folded and unfolded; marks.
play 'subject:lunch or subject:invoice' <<'EOF'
size 80x12
now 2026-11-24T12:00:00Z
save-screen all
keys f
save-screen folded
keys > k k
keys Tab
save-screen unfolded
keys m j m
save-screen marked
keys U M
save-screen all-marked
EOF
screen all <<'EOF'
 espial — subject:lunch or subject:invoice — 1 of 8
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
  28 Sep Service compt… Facture impayée (invoice 55-2…                  new spam
  25 Sep Document Shar… A new invoice was shared with…                  new spam
  30 Aug Billing <acco… Your invoice #7731 is overdue                   new spam
  26 Aug Analyst <anal… Re: Lunch on Thursday?                          inbox n…
  14 Aug Buchhaltung <… Rechnung / invoice 2026-118 –…                  new spam
  07 Aug Billing <acco… Final reminder: invoice #7745                   new spam
  03 Aug Chris Doe <ch… Lunch on Thursday?                              inbox n…


 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen folded <<'EOF'
 espial — subject:lunch or subject:invoice — 1 of 8, threads folded
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
  28 Sep Service compt… Facture impayée (invoice 55-2…                  new spam
  25 Sep Document Shar… A new invoice was shared with…                  new spam
  30 Aug Billing <acco… Your invoice #7731 is overdue                   new spam
  26 Aug Analyst <anal… [2] Re: Lunch on Thursday?                      inbox n…
  14 Aug Buchhaltung <… Rechnung / invoice 2026-118 –…                  new spam
  07 Aug Billing <acco… Final reminder: invoice #7745                   new spam



 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen unfolded <<'EOF'
 espial — subject:lunch or subject:invoice — 5 of 8, threads folded
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
  28 Sep Service compt… Facture impayée (invoice 55-2…                  new spam
  25 Sep Document Shar… A new invoice was shared with…                  new spam
  30 Aug Billing <acco… Your invoice #7731 is overdue                   new spam
  26 Aug Analyst <anal… [2] Re: Lunch on Thursday?                      inbox n…
  14 Aug Buchhaltung <… Rechnung / invoice 2026-118 –…                  new spam
  07 Aug Billing <acco… Final reminder: invoice #7745                   new spam
  03 Aug Chris Doe <ch… [2] Lunch on Thursday?                          inbox n…


 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen marked <<'EOF'
 espial — subject:lunch or subject:invoice — 8 of 8, threads folded — 2 marked
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
  28 Sep Service compt… Facture impayée (invoice 55-2…                  new spam
  25 Sep Document Shar… A new invoice was shared with…                  new spam
  30 Aug Billing <acco… Your invoice #7731 is overdue                   new spam
* 26 Aug Analyst <anal… [2] Re: Lunch on Thursday?                      inbox n…
  14 Aug Buchhaltung <… Rechnung / invoice 2026-118 –…                  new spam
* 07 Aug Billing <acco… Final reminder: invoice #7745                   new spam
  03 Aug Chris Doe <ch… [2] Lunch on Thursday?                          inbox n…


 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen all-marked <<'EOF'
 espial — subject:lunch or subject:invoice — 8 of 8, threads folded — 8 marked
* 06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
* 28 Sep Service compt… Facture impayée (invoice 55-2…                  new spam
* 25 Sep Document Shar… A new invoice was shared with…                  new spam
* 30 Aug Billing <acco… Your invoice #7731 is overdue                   new spam
* 26 Aug Analyst <anal… [2] Re: Lunch on Thursday?                      inbox n…
* 14 Aug Buchhaltung <… Rechnung / invoice 2026-118 –…                  new spam
* 07 Aug Billing <acco… Final reminder: invoice #7745                   new spam
* 03 Aug Chris Doe <ch… [2] Lunch on Thursday?                          inbox n…


marked the 8 messages read so far; L labels the whole query
EOF
