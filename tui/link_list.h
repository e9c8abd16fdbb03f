/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The links of a message as a person counts them: each URL once, numbered from 1, what can be read
 * in the text first, then what else can be clicked, then what is only fetched.
 */
#ifndef ESPIAL_TUI_LINK_LIST_H
#define ESPIAL_TUI_LINK_LIST_H

#include "tui/mail/rendered.h"
#include "tui/mail/verdict.h"

struct link_list;

struct link_entry {
	const struct verdict *verdict; /* of the first of its links */
	unsigned count;                /* links with this URL */
	unsigned signals;              /* of all of them, a set of enum signal */
	bool suspect;                  /* looks like a tracker, and no rule explains it */
};

/* `verdicts` (of struct verdict) outlive the list; `rendered` is the message's text. Images that
 * are neither open pixels nor trackers are left out. The caller frees it with link_list_free(). */
struct link_list *link_list_new(const GPtrArray *verdicts, const struct rendered *rendered);
void link_list_free(struct link_list *list);

size_t link_list_count(const struct link_list *list);
/* Entry `i` from 0, whose number is i + 1. */
const struct link_entry *link_list_at(const struct link_list *list, size_t i);
/* The number of a link, by its index in the verdicts; 0 where it is left out. */
guint link_list_number(const struct link_list *list, guint verdict);

/* Where no rule gets any further with the link: the URL that needs one. NULL where it is none; the
 * caller frees it with url_free(). */
struct url *link_list_unexplained(const struct verdict *verdict);

#endif
