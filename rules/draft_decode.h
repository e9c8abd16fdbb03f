/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search for destinations in a URL: sources and decoders tried one after another.
 */
#ifndef ESPIAL_RULES_DRAFT_DECODE_H
#define ESPIAL_RULES_DRAFT_DECODE_H

#include "rules/draft.h"

/* A decoding below this score is a candidate, but not believed: it leads back to the tracker's own
 * domain, or too much had to be assumed. */
#define DRAFT_LIKELY 600

/* Every decoding found, of struct draft_decoding, likeliest first; `groups` (of struct rule_pair)
 * are the named groups of the path. Work is bounded, whatever the URL holds. The caller frees it
 * with g_ptr_array_unref(). */
GPtrArray *draft_decodings(const struct url *url, const GPtrArray *groups);

/* Puts the steps that read an e-mail address out of `value` after `pipeline`. Returns false where
 * there is none. */
bool draft_decode_email(struct span value, GPtrArray *pipeline);

#endif
