/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the link index knows of landing domains and accounts, for exports.
 */
#ifndef ESPIAL_TUI_INDEX_EVIDENCE_H
#define ESPIAL_TUI_INDEX_EVIDENCE_H

#include "rules/export/evidence.h"
#include "tui/index/index.h"

/* Adds the landing domains and accounts of the links of the messages (of char *, ids) to the
 * evidence: those of as many messages as it asks for. Error: IO. */
bool index_evidence(
	struct index *index, const GPtrArray *ids, struct evidence *evidence, GError **error);

#endif
