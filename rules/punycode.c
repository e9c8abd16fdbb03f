/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/punycode.h"

#include <string.h>

/* The parameters of RFC 3492 §5. */
enum {
	BASE = 36,
	T_MIN = 1,
	T_MAX = 26,
	SKEW = 38,
	DAMP = 700,
	INITIAL_BIAS = 72,
	INITIAL_N = 128,
};

static uint32_t adapt(uint32_t delta, size_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
	return k <= bias ? T_MIN : MIN(k - bias, T_MAX);
}

static void append_integer(uint32_t q, uint32_t bias, GString *out)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = threshold(k, bias);

		if (q < t)
			break;
		g_string_append_c(out, digits[t + (q - t) % (BASE - t)]);
		q = (q - t) / (BASE - t);
	}
	g_string_append_c(out, digits[q]);
}

/* The smallest code point of the label that is at least `n`. */
static uint32_t smallest_from(const uint32_t *label, size_t len, uint32_t n)
{
	uint32_t smallest = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		if (label[i] >= n && label[i] < smallest)
			smallest = label[i];
	}
	return smallest;
}

static size_t append_basic(const uint32_t *label, size_t len, GString *out)
{
	size_t basic = 0;

	for (size_t i = 0; i < len; i++) {
		if (label[i] < INITIAL_N) {
			g_string_append_c(out, label[i]);
			basic++;
		}
	}
	if (basic > 0)
		g_string_append_c(out, '-');
	return basic;
}

bool punycode_encode(const uint32_t *label, size_t len, GString *out)
{
	uint32_t n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
	size_t basic = append_basic(label, len, out);

	for (size_t handled = basic; handled < len; n++, delta++) {
		uint32_t m = smallest_from(label, len, n);

		if (m - n > (UINT32_MAX - delta) / (handled + 1))
			return false;
		delta += (m - n) * (handled + 1);
		n = m;
		for (size_t i = 0; i < len; i++) {
			if (label[i] < n && ++delta == 0)
				return false;
			if (label[i] != n)
				continue;
			append_integer(delta, bias, out);
			bias = adapt(delta, handled + 1, handled == basic);
			delta = 0;
			handled++;
		}
	}
	return true;
}

static int digit_value(char c)
{
	if (g_ascii_isdigit(c))
		return c - '0' + 26;
	return g_ascii_isalpha(c) ? g_ascii_tolower(c) - 'a' : -1;
}

/* Reads one variable-length integer at `*at` and adds it to `*i`. */
static bool read_integer(const char *text, size_t len, size_t *at, uint32_t bias, uint32_t *i)
{
	uint32_t weight = 1;

	for (uint32_t k = BASE;; k += BASE) {
		int digit = *at < len ? digit_value(text[(*at)++]) : -1;
		uint32_t t = threshold(k, bias);

		if (digit < 0 || (uint32_t)digit > (UINT32_MAX - *i) / weight)
			return false;
		*i += digit * weight;
		if ((uint32_t)digit < t)
			return true;
		if (weight > UINT32_MAX / (BASE - t))
			return false;
		weight *= BASE - t;
	}
}

static size_t copy_basic(const char *text, size_t len, uint32_t *label, size_t *count)
{
	const char *delimiter = memrchr(text, '-', len);

	*count = delimiter ? delimiter - text : 0;
	for (size_t i = 0; i < *count; i++)
		label[i] = (unsigned char)text[i];
	return delimiter ? *count + 1 : 0;
}

bool punycode_decode(const char *text, size_t len, uint32_t *label, size_t *label_len)
{
	uint32_t n = INITIAL_N, i = 0, bias = INITIAL_BIAS;
	size_t count;
	size_t at = copy_basic(text, len, label, &count);

	for (size_t j = 0; j < count; j++) {
		if (label[j] >= INITIAL_N)
			return false;
	}
	while (at < len) {
		uint32_t old = i;

		if (!read_integer(text, len, &at, bias, &i))
			return false;
		bias = adapt(i - old, count + 1, old == 0);
		if (i / (count + 1) > 0x10ffff - n)
			return false;
		n += i / (count + 1);
		i %= count + 1;
		if (n >= 0xd800 && n <= 0xdfff)
			return false;
		memmove(label + i + 1, label + i, (count - i) * sizeof *label);
		label[i++] = n;
		count++;
	}
	*label_len = count;
	return true;
}
