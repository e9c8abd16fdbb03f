/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drafts that could not be committed yet: what the analyst typed, kept as files until a commit
 * succeeds or they are thrown away. A pending draft is a rule file (it need not be valid) with the
 * commit message it was to have.
 */
#ifndef ESPIAL_RULES_PENDING_H
#define ESPIAL_RULES_PENDING_H

#include <glib.h>
#include <stdbool.h>

struct pending {
	char *name; /* of the file: `<esp>--<rule>`, and more where that could be another id's */
	char *yaml;
	char *message; /* evidence and reason; may be empty */
	gint64 time;   /* saved at, microseconds since the epoch */
};

/* The name that a draft of the rule is kept under, which is also that of its own name; the id may
 * be anything that was typed. The caller frees it with g_free(). */
char *pending_name(const char *rule_id);

/* Keeps a draft in `dir` (made if missing) under the rule's id, in place of an earlier one; durable
 * on return (fsync). Error: IO. */
bool pending_save(const char *dir, const char *rule_id, const char *yaml, const char *message,
	GError **error);

/* What is kept and can be read, newest first, an array of struct pending; empty where `dir` does
 * not exist. The caller frees it with g_ptr_array_unref(). */
GPtrArray *pending_list(const char *dir);
/* Forgets the draft kept under the rule's id, or by its name; no error where there is none. Error:
 * IO. */
bool pending_drop(const char *dir, const char *rule_id, GError **error);

#endif
