/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Volume over time for people and other programs: a table, CSV, JSON, an SVG chart. docs/volume.md
 * describes the formats.
 */
#ifndef ESPIAL_TUI_VOLUME_EXPORT_H
#define ESPIAL_TUI_VOLUME_EXPORT_H

#include "tui/index/volume.h"
#include "tui/widget/chart.h"

/* What was counted, and how. Everything belongs to the caller. */
struct volume_export {
	const struct volume *volume;
	const char *query; /* NULL: all messages */
	const char *esp;   /* NULL: all providers */
	bool off_network;
	const GPtrArray *facts; /* of struct volume_facts; NULL: not asked for */
	bool has_trial;         /* trial domains were looked for */
	GHashTable *changes;    /* id → struct volume_change; NULL: nobody was notified */
};

/* What stands under a bucket on an axis of dates. */
struct chart_tick volume_tick(enum volume_by by, const struct volume_bucket *bucket);

/* Text that may hold anything: make it display-safe line by line before it gets to a terminal. The
 * caller frees each with g_free(). */
char *volume_table(const struct volume_export *export);
char *volume_csv(const struct volume_export *export);
char *volume_json(const struct volume_export *export);
/* Well-formed whatever the names hold. */
char *volume_svg(const struct volume_export *export);

#endif
