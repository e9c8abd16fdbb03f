/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Domains that are never blocked, whatever mail leads to them: those of `allow/domains.txt` in the
 * ruleset (docs/rule-format.md), and those of the providers themselves.
 */
#ifndef ESPIAL_RULES_EXPORT_ALLOW_H
#define ESPIAL_RULES_EXPORT_ALLOW_H

#include "rules/ruleset.h"

struct allow;

#define ALLOW_FILE "allow/domains.txt"

/* The registrable domains of the hosts of rules, and of what providers send from; those of kits are
 * spammers' own and are not among them. The caller frees it with allow_free(). */
struct allow *allow_new(const struct ruleset *ruleset);
void allow_free(struct allow *allow);

/* Adds a file of domains, one a line, `#` starts a comment. `name` is what reasons call it. What is
 * no domain is added to `problems`. Returns false with an error where it cannot be read. */
bool allow_add_file(struct allow *allow, const char *path, const char *name,
	struct problems *problems, GError **error);

/* Why the domain must not be blocked, as a text that lives as long as `allow`: it is allowed, is
 * under an allowed one, or an allowed one is under it. NULL where nothing speaks for it. */
const char *allow_find(const struct allow *allow, const char *domain);

#endif
