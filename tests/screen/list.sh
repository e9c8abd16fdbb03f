# The list of messages: narrow, wide, moving, another order.
play <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
save-screen narrow
keys PgDn j S
save-screen oldest
EOF
screen narrow <<'EOF'
 espial — * — 1 of 48
  16 Nov Anna <anna@me… hi, remember me? 💌            ≠ mailgun        new spam
  14 Nov Fax <fax@fax.… Fax received                   ≠ sendgrid       new spam
  12 Nov Quick Loans <… You are pre-approved           ≠ sparkpost      new spam
  10 Nov Streaming <bi… Payment declined: update your… ≠ amazon-ses ma… new spam
  08 Nov The Example H… Morning briefing: three stori…                  inbox n…
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
  04 Nov Support <help… Report <U+202E>gpj.exe<U+202C… ≠ sendgrid       new spam
  02 Nov Raw <raw@desk… ^[[2J^[[1;1Hcleared <U+009B>3…                  new spam
  31 Oct Legal <claims… Copyright complaint            ≠ mandrill urld… new spam
  28 Oct Security <no-… Unusual sign-in to your accou… ≠ sendgrid       new spam
  26 Oct Universidad E… Inscripción abierta: cursos d…   amazon-ses     inbox n…
  24 Oct Dev List <dev… [dev] Release 2.4 is out                        inbox n…
  20 Oct A Friend <fri… Business proposal                               new spam
  18 Oct Run Club <coa… Your week: 23.4 km               customerio     inbox n…
  16 Oct Premios <gana… ¡Felicidades! Ha sido selecci… ≠ sendgrid       new spam
  14 Oct Wallet <suppo… Your wallet will be suspended  ≠ mandrill       new spam
  12 Oct Letters on Lo… On proofs, and why they persu…                  inbox n…
  10 Oct <U+202E>elpma… 超長い件名超長い件名超長い件…    bitly          new spam
  08 Oct 示例书店 <hel… 新书上架：秋季书单与会员优惠     brevo          inbox n…
  04 Oct Voice Mail <v… New voice message (0:47)       ≠ safelinks sen… new spam
  02 Oct مصرف المثال <… تنبيه: تم إيقاف حسابك مؤقتًا                     new spam
  30 Sep Recruiter <jo… Вакансия: удалённая работа от…   customerio     new spam
 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen oldest <<'EOF'
 espial — * — 1 of 48, oldest first
  -                                                                     inbox n…
  03 Aug Chris Doe <ch… Lunch on Thursday?                              inbox n…
  06 Aug Health Tips <… Doctors hate this                mailchimp      new spam
  07 Aug Billing <acco… Final reminder: invoice #7745                   new spam
  09 Aug Tasks <suppor… Reset your password              postmark       inbox n…
  11 Aug Ciné-club <le… Le programme d’octobre est ar…   mailjet        inbox n…
  14 Aug Buchhaltung <… Rechnung / invoice 2026-118 –…                  new spam
  16 Aug Музей Пример … Новая выставка: билеты уже в …   sparkpost      inbox n…
  17 Aug Cloud Storage… Your storage is 99% full       ≠ amazon-ses     new spam
  19 Aug Müller & Söhn… Günstige Kredite für Sie       ≠ mailjet        new spam
  22 Aug Stadtbücherei… Ihre vorgemerkten Bücher lieg…   sendgrid       inbox n…
  26 Aug Analyst <anal… Re: Lunch on Thursday?                          inbox n…
  27 Aug Survey <win@s… Answer 3 questions, win a pho…   google         new spam
  30 Aug Billing <acco… Your invoice #7731 is overdue                   new spam
  01 Sep Scan <scan@co… Scan from copier               ≠ mailchimp      new spam
  03 Sep Parcel Servic… Your parcel could not be deli…   sendgrid       new spam
  09 Sep HR Team <hr@c… Updated salary list 2026       ≠ mandrill post… new spam
  12 Sep Junk <junk@ju… eight bits                     ≠ postmark       new spam
  13 Sep Garden Shop <… Autumn bulbs are here            mailchimp      inbox n…
  16 Sep IT Desk <desk… Mailbox migration tonight        urldefense     new spam
  17 Sep Deals <deals@… 90% OFF only today               bitly          new spam
  20 Sep 見本ストア <o… ご注文の商品を発送いたしまし…    mailgun        inbox n…
 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF

play tag:spam <<'EOF'
size 200x50
now 2027-12-01T12:00:00Z
save-screen wide
EOF
screen wide <<'EOF'
 espial — tag:spam — 1 of 32
  2026-11-16 11:58 Anna <anna@meet.example>     hi, remember me? 💌                                                                           ≠ mailgun                        new spam
  2026-11-14 19:05 Fax <fax@fax.example>        Fax received                                                                                  ≠ sendgrid                       new spam
  2026-11-12 12:46 Quick Loans <loan@credit.ex… You are pre-approved                                                                          ≠ sparkpost                      new spam
  2026-11-10 14:57 Streaming <billing@stream.e… Payment declined: update your card                                                            ≠ amazon-ses mailjet             new spam
  2026-11-06 07:50 Tax Office <refund@tax.exam… Refund for invoice 88213 approved                                                                                              new spam
  2026-11-04 03:49 Support <help@desk.example>  Report <U+202E>gpj.exe<U+202C> attached <U+200B><U+2066>hidden<U+2069> ^[[31mred^[[0m^G Ǻ̂̃     ≠ sendgrid                       new spam
  2026-11-02 04:59 Raw <raw@desk.example>       ^[[2J^[[1;1Hcleared <U+009B>31m <U+009B>31m ÿþ latin éè                                                                        new spam
  2026-10-31 05:37 Legal <claims@lawyers.examp… Copyright complaint                                                                           ≠ mandrill urldefense            new spam
  2026-10-28 19:56 Security <no-reply@bank.exa… Unusual sign-in to your account                                                               ≠ sendgrid                       new spam
  2026-10-20 15:46 A Friend <friend@mail.examp… Business proposal                                                                                                              new spam
  2026-10-16 14:36 Premios <gana@premios.examp… ¡Felicidades! Ha sido seleccionado para un premio                                             ≠ sendgrid                       new spam
  2026-10-14 19:33 Wallet <support@wallet.exam… Your wallet will be suspended                                                                 ≠ mandrill                       new spam
  2026-10-10 19:45 <U+202E>elpmaxe.knab@troppu… 超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超…   bitly                          new spam
  2026-10-04 04:50 Voice Mail <voice@pbx.examp… New voice message (0:47)                                                                      ≠ safelinks sendgrid             new spam
  2026-10-02 18:30 مصرف المثال <info@masraf.ex… تنبيه: تم إيقاف حسابك مؤقتًا                                                                                                    new spam
  2026-09-30 14:16 Recruiter <jobs@work.exampl… Вакансия: удалённая работа от 3000 $                                                            customerio                     new spam
  2026-09-28 01:02 Service comptable <compta@f… Facture impayée (invoice 55-20)                                                                                                new spam
  2026-09-25 22:41 Document Share <share@docs.… A new invoice was shared with you                                                                                              new spam
  2026-09-22 07:58 Bank <service@bank.example>  Please confirm your details                                                                                                    new spam
  2026-09-17 15:33 Deals <deals@offer.example>  90% OFF only today                                                                              bitly                          new spam
  2026-09-16 07:51 IT Desk <desk@it.example>    Mailbox migration tonight                                                                       urldefense                     new spam
  2026-09-12 01:15 Junk <junk@junk.example>     eight bits                                                                                    ≠ postmark                       new spam
  2026-09-09 07:33 HR Team <hr@company.example> Updated salary list 2026                                                                      ≠ mandrill postmark              new spam
  2026-09-03 22:40 Parcel Service <delivery@pa… Your parcel could not be delivered                                                              sendgrid                       new spam
  2026-09-01 12:50 Scan <scan@copier.example>   Scan from copier                                                                              ≠ mailchimp                      new spam
  2026-08-30 18:34 Billing <accounts@pay.examp… Your invoice #7731 is overdue                                                                                                  new spam
  2026-08-27 22:35 Survey <win@survey.example>  Answer 3 questions, win a phone                                                                 google                         new spam
  2026-08-19 21:57 Müller & Söhne <info@muster… Günstige Kredite für Sie                                                                      ≠ mailjet                        new spam
  2026-08-17 17:42 Cloud Storage <quota@cloud.… Your storage is 99% full                                                                      ≠ amazon-ses                     new spam
  2026-08-14 10:26 Buchhaltung <buchhaltung@ko… Rechnung / invoice 2026-118 – letzte Mahnung                                                                                   new spam
  2026-08-07 18:34 Billing <accounts@pay.examp… Final reminder: invoice #7745                                                                                                  new spam
  2026-08-06 05:06 Health Tips <tips@health.ex… Doctors hate this                                                                               mailchimp                      new spam
















 Enter open  / query  s saved  l label  N no rule  c campaigns  v volume  m mark  u undo  g history                                                                                      ? help  q back
EOF
