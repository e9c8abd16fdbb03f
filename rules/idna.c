/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/idna.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum {
	SHARP_S = 0xdf,
	CAPITAL_SHARP_S = 0x1e9e,
	FINAL_SIGMA = 0x3c2,
	ZWNJ = 0x200c,
	ZWJ = 0x200d,
	VIRAMA = 9, /* the canonical combining class */
};

/* Default ignorable code points that are nevertheless disallowed: bidi controls and tags. */
static bool is_hidden_control(uint32_t c)
{
	return c == 0x61c || (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || (c >= 0xe0000 && c <= 0xe007f);
}

static bool is_full_stop(uint32_t c)
{
	return c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61;
}

/* Stays as it is: ASCII other than capitals, and the deviations of non-transitional processing. */
static bool is_kept(uint32_t c)
{
	return c < 0x80 || c == SHARP_S || c == FINAL_SIGMA || c == ZWNJ || c == ZWJ;
}

/* Writes the mapping of one code point to `out` (room for `*len`); false where it is disallowed. */
static bool map_one(uint32_t c, uint32_t *out, size_t *len)
{
	if (is_full_stop(c))
		c = '.';
	if (c == CAPITAL_SHARP_S)
		c = SHARP_S;
	if (is_kept(c)) {
		*len = 1;
		out[0] = c < 0x80 ? (uint32_t)g_ascii_tolower(c) : c;
		return true;
	}
	if (is_hidden_control(c))
		return false;
	if (uc_is_property_default_ignorable_code_point(c) &&
		!uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cn)) {
		*len = 0;
		return true;
	}
	if (!u32_casefold(&c, 1, NULL, UNINORM_NFKC, out, len))
		return false;
	/* No other character may bring in a label separator. */
	for (size_t i = 0; i < *len; i++) {
		if (out[i] == '.')
			return false;
	}
	return true;
}

uint32_t *idna_map(struct span domain, size_t *len)
{
	const uint8_t *at = (const uint8_t *)domain.ptr, *end = at + domain.len;
	g_autoptr(GArray) mapped = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	while (at < end) {
		uint32_t out[32];
		size_t count = G_N_ELEMENTS(out);
		ucs4_t c;

		at += u8_mbtouc(&c, at, end - at);
		if (!map_one(c, out, &count))
			return NULL;
		g_array_append_vals(mapped, out, count);
	}
	return u32_normalize(UNINORM_NFC, (uint32_t *)mapped->data, mapped->len, NULL, len);
}

/* Symbols that describe ideographs, the interlinear marks and the replacement characters. */
static bool is_disallowed_symbol(uint32_t c)
{
	return (c >= 0x2ff0 && c <= 0x2fff) || c == 0x31ef || c == 0xfffc || c == 0xfffd;
}

static bool is_valid_char(uint32_t c)
{
	uint32_t mapped[32];
	size_t len = G_N_ELEMENTS(mapped);

	if (c < 0x80)
		return !g_ascii_isupper(c) && c != '.';
	if (c == ZWNJ || c == ZWJ)
		return true;
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z))
		return false;
	if (is_disallowed_symbol(c))
		return false;
	return map_one(c, mapped, &len) && len == 1 && mapped[0] == c;
}

static bool joins(uint32_t c, bool to_left)
{
	int type = uc_joining_type(c);

	return type == UC_JOINING_TYPE_D ||
	       type == (to_left ? UC_JOINING_TYPE_R : UC_JOINING_TYPE_L);
}

static bool is_transparent(uint32_t c)
{
	return uc_joining_type(c) == UC_JOINING_TYPE_T;
}

/* RFC 5892 appendices A.1 and A.2: a joiner follows a virama, or ZWNJ stands between letters that
 * would join. */
static bool joiner_valid(const uint32_t *label, size_t len, size_t at)
{
	size_t left = at, right = at + 1;

	if (at > 0 && uc_combining_class(label[at - 1]) == VIRAMA)
		return true;
	if (label[at] == ZWJ)
		return false;
	while (left > 0 && is_transparent(label[left - 1]))
		left--;
	while (right < len && is_transparent(label[right]))
		right++;
	return left > 0 && right < len && joins(label[left - 1], false) &&
	       joins(label[right], true);
}

bool idna_label_valid(const uint32_t *label, size_t len)
{
	if (len > 0 && uc_is_general_category_withtable(label[0], UC_CATEGORY_MASK_M))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_valid_char(label[i]))
			return false;
		if ((label[i] == ZWNJ || label[i] == ZWJ) && !joiner_valid(label, len, i))
			return false;
	}
	return true;
}

/* A set of Bidi classes as bits. */
#define CLASS(name) (1u << UC_BIDI_##name)
#define RTL_LETTERS (CLASS(R) | CLASS(AL))
#define NEUTRALS \
	(CLASS(EN) | CLASS(ES) | CLASS(CS) | CLASS(ET) | CLASS(ON) | CLASS(BN) | CLASS(NSM))

static unsigned bidi_class(uint32_t c)
{
	return 1u << uc_bidi_class(c);
}

bool idna_label_is_rtl(const uint32_t *label, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bidi_class(label[i]) & (RTL_LETTERS | CLASS(AN)))
			return true;
	}
	return false;
}

bool idna_label_bidi_valid(const uint32_t *label, size_t len)
{
	unsigned all = 0;

	if (len == 0)
		return true;
	unsigned first = bidi_class(label[0]);
	for (size_t i = 0; i < len; i++)
		all |= bidi_class(label[i]);
	while (len > 1 && bidi_class(label[len - 1]) == CLASS(NSM))
		len--;
	unsigned last = bidi_class(label[len - 1]);

	if (first & CLASS(L))
		return !(all & ~(CLASS(L) | NEUTRALS)) && last & (CLASS(L) | CLASS(EN));
	if (!(first & RTL_LETTERS) || (all & CLASS(EN) && all & CLASS(AN)))
		return false;
	return !(all & ~(RTL_LETTERS | CLASS(AN) | NEUTRALS)) &&
	       last & (RTL_LETTERS | CLASS(EN) | CLASS(AN));
}
