/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Domains that are never blocked, whatever mail leads to them: those of the ruleset's list
 * (RULESET_ALLOWED_DOMAINS), and those of the providers themselves.
 */
#ifndef ESPIAL_RULES_EXPORT_ALLOW_H
#define ESPIAL_RULES_EXPORT_ALLOW_H

#include "rules/ruleset.h"
#include "rules/suffixes.h"

struct allow;

/* The ruleset's list, the registrable domains of the hosts of rules, and of what providers send
 * from; those of kits are spammers' own and are not among them. The caller frees it with
 * allow_free(). */
struct allow *allow_new(const struct ruleset *ruleset);
void allow_free(struct allow *allow);

/* Adds a list; `name` is what reasons call it. */
void allow_add(struct allow *allow, const struct suffixes *list, const char *name);

/* Why the domain must not be blocked, as a text that lives as long as `allow`: it is allowed, is
 * under an allowed one, or an allowed one is under it. NULL where nothing speaks for it. */
const char *allow_find(const struct allow *allow, const char *domain);

#endif
