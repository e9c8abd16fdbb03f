/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text of any charset, rightly named or not, as mail clients read it.
 */
#ifndef ESPIAL_TUI_MAIL_CHARSET_H
#define ESPIAL_TUI_MAIL_CHARSET_H

#include "rules/span.h"

/* Valid UTF-8 without NUL, lines ended by a bare newline. A byte order mark says more than the name
 * (or NULL); a name that is unknown, or under which the text loses the URLs that it plainly has,
 * says nothing. What cannot be converted becomes U+FFFD. The caller frees it with g_string_free().
 */
GString *charset_to_utf8(struct span bytes, const char *charset);
/* The charset that an HTML document names in its first bytes; NULL where it names none. The caller
 * frees it with g_free(). */
char *charset_in_html(struct span html);

#endif
