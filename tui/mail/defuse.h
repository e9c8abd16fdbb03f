/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mails made to bring a MIME parser down.
 */
#ifndef ESPIAL_TUI_MAIL_DEFUSE_H
#define ESPIAL_TUI_MAIL_DEFUSE_H

#include "rules/span.h"

/* Makes of the mail one that GMime 3.2 can parse in bounded memory and stack, in place, and returns
 * its length. GMime reads the groups of address headers (RFC 5322 §3.4, `name: …;`) by recursion:
 * colons beyond a few dozen in one such header are blanked. It keeps an object for each header and
 * part: `*cut` tells whether the rest was left out because there are too many. NUL bytes become
 * blanks. */
size_t defuse_mail(char *mail, size_t len, bool *cut);

#endif
