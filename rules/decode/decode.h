/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The carriers in which click trackers hide a destination: each decoder turns bytes into bytes.
 * They are named in rules (docs/rule-format.md), stateless and safe to call from any thread on any
 * input.
 */
#ifndef ESPIAL_RULES_DECODE_H
#define ESPIAL_RULES_DECODE_H

#include "rules/span.h"

/* No decoder reads or writes more: a zlib bomb ends here. */
#define DECODE_MAX_SIZE ((size_t)1 << 20)
/* Nesting of JSON, CBOR, MessagePack values beyond this is refused. */
#define DECODE_MAX_DEPTH 32

enum decode_argument {
	DECODE_ARG_NONE,
	DECODE_ARG_OPTIONAL,
	DECODE_ARG_REQUIRED,
};

struct decoder {
	const char *name;
	enum decode_argument argument;
	/* One line for help texts and docs. */
	const char *summary;
	/* Appends the decoded bytes to `out`, which starts empty. `argument` is NULL where none was
	 * given. Returns false where the input is not in this format or hits a limit; `out` is then
	 * undefined. */
	bool (*decode)(struct span in, const char *argument, GString *out);
};

/* The decoder of that name, or NULL. */
const struct decoder *decoder_find(const char *name);
/* All of them, in a fixed order, ending in a NULL. */
const struct decoder *const *decoder_all(void);

#endif
