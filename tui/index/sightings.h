/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the link index knows of an abuse: the messages with some provider's links, when they came
 * and from where, which URLs they carry and where these lead.
 */
#ifndef ESPIAL_TUI_INDEX_SIGHTINGS_H
#define ESPIAL_TUI_INDEX_SIGHTINGS_H

#include "tui/index/groups.h"

/* Of each list so many are read; those of most messages first. */
#define SIGHTINGS_MAX_URLS 20
#define SIGHTINGS_MAX_IPS 50
#define SIGHTINGS_MAX_NAMES 50
/* Where there are more messages the lists are of the newest ones. */
#define SIGHTINGS_MAX_MESSAGES 10000

/* Strings belong to the caller. */
struct sightings_filter {
	const struct groups_filter *links; /* GROUPS_ESP is set; `off_network` does not count */
	gint64 since, until;               /* dates of messages, both included; 0: any */
	/* Messages sent on the provider's network are never among them; those of which that is not
	 * known, only so. */
	bool unknown;
};

struct sightings_count {
	char *name;
	char *host; /* of an address: its name, as far as it is known; else NULL */
	unsigned messages;
};

struct sightings_url {
	char *url;                          /* the tracker's, also where it stood in another one */
	char *account, *campaign, *landing; /* NULL where they are not known */
	unsigned messages;
};

struct sightings {
	unsigned off, on, unknown; /* messages of the filter, by where they were sent from */
	unsigned messages, links;  /* those that are reported; links: each URL of a message once */
	gint64 first, last;        /* their dates */
	gint64 listed_since;       /* of messages from then on the lists are */
	GPtrArray *accounts, *campaigns, *landings, *ips; /* of struct sightings_count */
	GPtrArray *urls; /* of struct sightings_url: different ones as far as there are some */
	GPtrArray *ids;  /* of char *, newest first: all messages that the lists are of */
};

/* NULL with an error; the caller frees it with sightings_free(). */
struct sightings *sightings_read(
	struct index *index, const struct sightings_filter *filter, GError **error);
void sightings_free(struct sightings *sightings);

#endif
