/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The path of a URL, taken apart for a draft: what stays as it is, and what varies.
 */
#ifndef ESPIAL_RULES_DRAFT_PATH_H
#define ESPIAL_RULES_DRAFT_PATH_H

#include "rules/rule.h"

struct draft_path {
	char *pattern; /* PCRE2, for `path` of a rule; matches this path */
	char *shape;   /* for people, `/t/<hex>/<data>`; the same for paths that vary only in ids */
	GPtrArray *groups; /* of struct rule_pair: the varying segments by group name */
	GPtrArray *words;  /* of char *: the segments that stay */
};

/* Words (`track`, `lt.php`, `CL0`) stay; numbers, hashes, tokens, hosts and URLs become named
 * groups: a field where the word before tells what it is (`/accounts/123`), else `_id`, `_data`,
 * `_url`. Never NULL; the caller frees it with draft_path_free(). */
struct draft_path *draft_path_new(struct span path);
void draft_path_free(struct draft_path *draft);

/* Whether it is a host name that could be somebody's web site: known suffix, no file name. */
bool draft_is_host(struct span text);

#endif
