/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a rule asks of a URL as a single regular expression over the whole URL, for programs that
 * have nothing but these. It says exactly what the rule says: each of the rule's patterns stays
 * within its part of the URL.
 */
#ifndef ESPIAL_RULES_EXPORT_URL_REGEX_H
#define ESPIAL_RULES_EXPORT_URL_REGEX_H

#include "rules/rule.h"

/* As PCRE2 and Perl read it alike: `^`, printable ASCII without blanks, quotes and `#`, `/`
 * escaped. NULL where the rule cannot be said so, with `why` set to a text that the caller frees
 * with g_free(). The caller frees the expression with g_free(). */
char *url_regex(const struct rule *rule, char **why);

/* The same with the rule's destination as the first and only group: what `decode` yields but for
 * percent-encoding. NULL also where the destination is no run of bytes of the URL. */
char *url_regex_destination(const struct rule *rule, char **why);

/* As POSIX reads it (extended), to be searched for in any text with `i;octet`: it begins with
 * `https?://`, and is printable ASCII without quotes. That language has no words for what looks
 * ahead, nor for more than two parameters in any order; hosts are taken in lower case only, and a
 * URL ends at a quote, a bracket or a blank. NULL as url_regex(). */
char *url_regex_posix(const struct rule *rule, char **why);

#endif
