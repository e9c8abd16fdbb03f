/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The message of a commit that changes a rule, in the one style that a ruleset's history has:
 *
 *   sendgrid: add branded click host
 *
 *   Seen in a campaign that copies links of one account.
 *
 *   Matched 41 messages, 57 links, 2 landing domains when it was made.
 *
 *   Rule: sendgrid/branded
 *   ESP: sendgrid
 *   Evidence: id:20260901.17@mail.example
 */
#ifndef ESPIAL_RULES_COMMIT_MESSAGE_H
#define ESPIAL_RULES_COMMIT_MESSAGE_H

#include <glib.h>
#include <stdbool.h>

/* Texts may come from mail or be typed: they are made safe, so that none can forge a trailer. */
struct commit_message {
	const char *esp;
	const char *rule;                   /* id */
	bool added;                         /* or changed */
	const char *summary;                /* the rule's; NULL: its name stands in the subject */
	const char *reason;                 /* why, as the analyst says; NULL or "": nothing */
	unsigned messages, links, landings; /* what it matched; all 0: not said */
	const GPtrArray *evidence;          /* of char *: message ids, at most 8 are named; NULL */
};

/* The caller frees it with g_free(). */
char *commit_message_text(const struct commit_message *message);

#endif
