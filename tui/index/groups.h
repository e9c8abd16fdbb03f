/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Campaigns out of the link index: messages counted by what their tracker links have in common.
 */
#ifndef ESPIAL_TUI_INDEX_GROUPS_H
#define ESPIAL_TUI_INDEX_GROUPS_H

#include "tui/index/index.h"

/* What links can have in common. */
enum groups_key {
	GROUPS_ESP,
	GROUPS_ACCOUNT,
	GROUPS_CAMPAIGN,
	GROUPS_LANDING, /* registrable domain of the landing URL */
	GROUPS_NETWORK, /* that the message was sent from */
	GROUPS_RULE,
	GROUPS_KEYS,
};

/* Only links with these; NULL is any. Strings belong to the caller. */
struct groups_filter {
	const char *value[GROUPS_KEYS];
	bool off_network;        /* only of messages sent off the provider's network */
	const GPtrArray *within; /* of char *, message ids; NULL: all messages */
};

struct groups_row {
	char *name;               /* the value; "" where links have none */
	unsigned messages, links; /* links: each URL of a message once */
	unsigned off, on;         /* messages off and on the provider's network */
	gint64 first, last;       /* dates of messages */
};

/* `esp`, `account`, `landing`, … */
const char *groups_key_name(enum groups_key key);

/* The links that pass the filter by `key`, those of most messages first: an array of struct
 * groups_row, or NULL with an error; the caller frees it with g_ptr_array_unref(). */
GPtrArray *groups_read(struct index *index, const struct groups_filter *filter, enum groups_key key,
	GError **error);

/* The messages with a link that passes the filter, newest first: ids, of char *; or NULL with an
 * error. The caller frees it with g_ptr_array_unref(). */
GPtrArray *groups_messages(struct index *index, const struct groups_filter *filter, GError **error);

/* A notmuch query for the messages (of char *, ids), at most `max` of them; the caller frees it
 * with g_free(). */
char *groups_query(const GPtrArray *ids, guint max);

#endif
