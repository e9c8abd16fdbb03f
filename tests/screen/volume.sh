# Messages over time: bars by provider, and a cursor that reads them off.
play tag:spam <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
keys v
save-screen days
keys w Left Tab
save-screen weeks
keys m Home
save-screen months
keys Right Enter
save-screen messages
keys q o
expect off-network only
keys o d i
save-screen figures
keys q ?
save-screen help
EOF
screen days <<'EOF'
 Volume by day — of tag:spam
    2┤                      +                          H         F             ┊
     │                      █                          █         █             ┊
     │                      █                          █         █             ┊
     │                      █                          █         █             ┊
     │                      █                          █         █             ┊
     │                      █                          █         █             ┊
     │                      █                          █         █             ┊
    1┤G   HD            +   A     D   B A           A  B   A     C + A +       ┊
     │█   ██            █   █     █   █ █           █  █   █     █ █ █ █       ┊
     │█   ██            █   █     █   █ █           █  █   █     █ █ █ █       ┊
     │█   ██            █   █     █   █ █           █  █   █     █ █ █ █       ┊
     │█   ██            █   █     █   █ █           █  █   █     █ █ █ █       ┊
     │█   ██            █   █     █   █ █           █  █   █     █ █ █ █       ┊
     │█   ██            █   █     █   █ █           █  █   █     █ █ █ █       ┊
    0┼──┬──────┬─────────┬──────────┬──────┬────────────┬───────┬──────┬───────▲
        14 Sep 21 Sep    1 Oct      12 Oct 19 Oct       1 Nov   9 Nov  16 Nov
Tue 2026-11-24              here in all                             here in all
A█ sendgrid                    0      6 F█ mailjet                     0      2
B█ mandrill                    0      3 G█ postmark                    0      2
C█ amazon-ses                  0      2 H█ urldefense                  0      2
D█ bitly                       0      2 +█ others                      0      5
E█ mailchimp                   0      2    messages                    0     22
 Enter messages  d day  w week  m month  o off  Tab provider     ? help  q back
EOF
screen weeks <<'EOF'
 Volume by week — of tag:spam
    4┤                                                        █+█  ┊
     │                                                        ███  ┊
     │                                                        ███  ┊
    3┤                    ▄▄▄         ▄▄▄             ▄▄▄     ███  ┊
     │                    █G█         █+█             █H█     █F█  ┊
     │                    ███         ███             ███     ███  ┊
     │                    ███         ███             ███     ███  ┊
    2┤        █F█     █E█ ███ █H█     ███     █B█     █B█     █C█  ┊
     │        ███     ███ ███ ███     ███     ███     ███     ███  ┊
     │        ███     ███ ███ ███     ███     ███     ███     ███  ┊
    1┤▄▄▄     ███ ▄▄▄ ███ ███ ███     ███ ▄▄▄ ███     ███ ▄▄▄ ███ ▄▄▄
     │█E█     █C█ █+█ █A█ █B█ █D█     █A█ █D█ █A█     █A█ █A█ █A█ █+█
     │███     ███ ███ ███ ███ ███     ███ ███ ███     ███ ███ ███ ███
     │███     ███ ███ ███ ███ ███     ███ ███ ███     ███ ███ ███ ███
    0┼┬───────────────────┬───────────────┬───────────────┬────────▲────────────
      Aug                 Sep             Oct             Nov
week of 2026-11-16          here in all                             here in all
A█>sendgrid                    0      6 F█ mailjet                     0      2
B█ mandrill                    0      3 G█ postmark                    0      2
C█ amazon-ses                  0      2 H█ urldefense                  0      2
D█ bitly                       0      2 +█ others                      1      5
E█ mailchimp                   0      2    messages                    1     22
 Enter messages  d day  w week  m month  o off  Tab provider     ? help  q back
EOF
screen months <<'EOF'
 Volume by month — of tag:spam
    8┤   ┊    ███+███ ███+███
     │   ┊    ███████ ███████
     │   ┊    ███H███ ███H███
    6┤   ┊    ███████ ███████ ▄▄▄▄▄▄▄
     │   ┊    ███G███ ███D███ ███+███
     │   ┊    ███████ ███B███ ███████
     │   ┊    ███████ ███████ ███████
    4┤███+███ ███E███ ███████ ███F███
     │███████ ███████ ███████ ███████
     │███F███ ███D███ ███A███ ███C███
    2┤███████ ███████ ███████ ███████
     │███E███ ███B███ ███████ ███A███
     │███C███ ███A███ ███████ ███████
     │███████ ███████ ███████ ███████
    0┼┬──▲────┬───────┬───────┬─────────────────────────────────────────────────
      Aug     Sep     Oct     Nov
2026-08                     here in all                             here in all
A█>sendgrid                    0      6 F█ mailjet                     1      2
B█ mandrill                    0      3 G█ postmark                    0      2
C█ amazon-ses                  1      2 H█ urldefense                  0      2
D█ bitly                       0      2 +█ others                      1      5
E█ mailchimp                   1      2    messages                    4     22
 Enter messages  d day  w week  m month  o off  Tab provider     ? help  q back
EOF
screen messages <<'EOF'
 espial — date:2026-09-01..2026-09-30 and (id:"spam-sendgrid-parcel@parcel.exa…
  03 Sep Parcel Servic… Your parcel could not be deli…   sendgrid       new spam





















 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen figures <<'EOF'
 Providers — lines 1-16 of 16
by day, 2026-08-06 to 2026-11-24: 22 messages with trackers of 13 providers

provider             messages   off  domains  first       last
sendgrid                    6  100%        3  2026-09-03  2026-11-14
mandrill                    3  100%        1  2026-09-09  2026-10-31
amazon-ses                  2  100%        2  2026-08-17  2026-11-10
bitly                       2     -        1  2026-09-17  2026-10-10
mailchimp                   2  100%        2  2026-08-06  2026-09-01
mailjet                     2  100%        2  2026-08-19  2026-11-10
postmark                    2  100%        1  2026-09-09  2026-09-12
urldefense                  2     -        2  2026-09-16  2026-10-31
customerio                  1     -        1  2026-09-30  2026-09-30
google                      1     -        1  2026-08-27  2026-08-27
mailgun                     1  100%        1  2026-11-16  2026-11-16
safelinks                   1     -        1  2026-10-04  2026-10-04
sparkpost                   1  100%        1  2026-11-12  2026-11-12






 / search  n next  u undo  g history                             ? help  q back
EOF
screen help <<'EOF'
 Help — lines 1-22 of 29
Keys of this screen (volume)
  Left               the bar before
  Right              the bar after
  Enter              the messages of the bar, or of its selected provider
  d                  count by day
  w                  count by week, from Monday on
  m                  count by month
  o                  only messages sent off the provider's network, or all
  Tab                select a provider of the legend
  + =                fewer and wider bars
  -                  more bars
  i                  what is known of each provider, also since it was notified
  s                  write the chart to a file (SVG, CSV, JSON)

Keys of every screen
  j Down             go down a line
  k Up               go up a line
  PgDn Space ^F      go down a page
  PgUp ^B            go up a page
  Home <             go to the first line
  End >              go to the last line
  u                  undo the last label: its tags and its rule
 / search  n next  u undo  g history                             ? help  q back
EOF
# The row of the campaigns, on a wide screen, and a small one.
play tag:spam <<'EOF'
size 120x20
now 2026-11-24T12:00:00Z
keys c v w
save-screen wide
resize 40x8
save-screen small
keys + + +
save-screen closer
EOF
screen wide <<'EOF'
 Volume by week — esp sendgrid — of tag:spam
    1┤█A██                █A██      █A██      █A██ █A██ █A██       ┊            week of 2026-11-23          here in all
     │████                ████      ████      ████ ████ ████       ┊            A█ sendgrid                    0      6
     │████                ████      ████      ████ ████ ████       ┊               messages                    0      6
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
     │████                ████      ████      ████ ████ ████       ┊
    0┼─────┬───────────────────┬───────────────────┬───────────────▲──────────
           Sep                 Oct                 Nov
 Enter messages  d day  w week  m month  o off  Tab provider  i figures  s save  u undo  g history       ? help  q back
EOF
screen small <<'EOF'
 Volume by week — esp sendgrid — of ta…
    1┤A       A   A   A A A   ┊
     │█       █   █   █ █ █   ┊
     │█       █   █   █ █ █   ┊
    0┼──┬───────┬───────┬─────▲─────────
        Sep     Oct     Nov
week of 2026-11-23          here in all
 Enter messages  d day   ? help  q back
EOF
screen closer <<'EOF'
 Volume by week — esp sendgrid — of ta…
    1┤█A██      █A██ █A██ █A██       ┊
     │████      ████ ████ ████       ┊
     │████      ████ ████ ████       ┊
    0┼───────────────┬───────────────▲──
                     Nov
week of 2026-11-23          here in all
 Enter messages  d day   ? help  q back
EOF
# An account's; and a chart in a file, which is never written over another.
play tag:spam <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
keys c Enter v
expect Volume by day — esp sendgrid — account 10000042 — of tag:spam
expect A█ sendgrid                    0      3
keys q q q v m s Enter
expect written to volume.svg
keys s Enter
expect volume.svg is there already; nothing was written
keys s ^U
type months.csv
keys Enter
expect written to months.csv
keys s ^U
type /no/such/place.svg
keys Enter
refuse written to
keys s Esc
refuse written to
EOF
grep -q '</svg>' "$scratch/screens/volume.svg" || failed=1
[ "$(head -c 23 "$scratch/screens/months.csv")" = month,messages,sendgrid ] || failed=1
# Neither colour nor anything but ASCII.
export NO_COLOR=1 LC_ALL=C
play tag:spam <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
keys v m
save-screen plain
EOF
screen plain <<'EOF'
 Volume by month <U+2014> of tag:spam
    8+        +++++++ +++++++    :
     |        +++++++ +++++++    :
     |        HHHHHHH HHHHHHH    :
    6+        HHHHHHH HHHHHHH +++++++
     |        GGGGGGG DDDDDDD +++++++
     |        GGGGGGG BBBBBBB +++++++
     |        GGGGGGG BBBBBBB +++++++
    4++++++++ EEEEEEE BBBBBBB FFFFFFF
     |+++++++ EEEEEEE BBBBBBB FFFFFFF
     |FFFFFFF DDDDDDD AAAAAAA CCCCCCC
    2+FFFFFFF DDDDDDD AAAAAAA CCCCCCC
     |EEEEEEE BBBBBBB AAAAAAA AAAAAAA
     |CCCCCCC AAAAAAA AAAAAAA AAAAAAA
     |CCCCCCC AAAAAAA AAAAAAA AAAAAAA
    0++-------+-------+-------+--^----------------------------------------------
      Aug     Sep     Oct     Nov
2026-11                     here in all                             here in all
A  sendgrid                    2      6 F  mailjet                     1      2
B  mandrill                    0      3 G  postmark                    0      2
C  amazon-ses                  1      2 H  urldefense                  0      2
D  bitly                       0      2 +  others                      2      5
E  mailchimp                   0      2    messages                    5     22
 Enter messages  d day  w week  m month  o off  Tab provider     ? help  q back
EOF
