/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What mail has shown beside the rules: the domains that tracker links led to, and the accounts
 * whose links they were.
 */
#ifndef ESPIAL_RULES_EXPORT_EVIDENCE_H
#define ESPIAL_RULES_EXPORT_EVIDENCE_H

#include "rules/export/allow.h"

/* A landing domain, or an account of a provider. */
struct evidence_item {
	char *name;
	char *esp;              /* of an account, else NULL */
	unsigned messages, off; /* off: sent off the provider's network */
	gint64 first, last;     /* dates of messages */
	GPtrArray *rules;       /* of char *: ids of the rules that explain its links, sorted */
};

struct evidence {
	char *query; /* which messages count */
	unsigned min_messages;
	bool off_network;    /* only those sent off the provider's network count */
	GPtrArray *landings; /* of struct evidence_item, by name */
	GPtrArray *accounts; /* by provider, then name */
};

/* Without items; the caller frees it with evidence_free(). */
struct evidence *evidence_new(const char *query, unsigned min_messages, bool off_network);
void evidence_free(struct evidence *evidence);

/* A new item; the list it is added to frees it. */
struct evidence_item *evidence_item_new(const char *name, const char *esp);

/* Puts the items in order and leaves out landings that no block list should have: what is allowed,
 * and what is no registrable domain. Each is added to `left_out` with the reason. */
void evidence_settle(
	struct evidence *evidence, const struct allow *allow, struct problems *left_out);

/* The date of the newest message, 0 without items. */
gint64 evidence_newest(const struct evidence *evidence);

/* `41 messages, 38 off-network, 2026-10-01 to 2026-10-14`; the caller frees it with g_free(). */
char *evidence_text(const struct evidence_item *item);

#endif
