/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/domain.h"

#include "rules/idna.h"
#include "rules/punycode.h"

#include <libpsl.h>
#include <stdlib.h>
#include <uninorm.h>

/* No name in the DNS is longer (RFC 1035 §2.3.4, in presentation form). */
#define DNS_NAME_MAX 253
/* Punycode is quadratic; a domain that no resolver takes need not be converted. */
#define IDN_MAX_BYTES 4096

static struct span without_trailing_dot(struct span host)
{
	if (host.len > 0 && host.ptr[host.len - 1] == '.')
		host.len--;
	return host;
}

/* The list that the system keeps up to date, or else the one built into libpsl. */
static const psl_ctx_t *public_suffixes(void)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		psl_ctx_t *psl = psl_latest(NULL);

		g_once_init_leave(&once, (gsize)(psl ? psl : psl_builtin()));
	}
	return (const psl_ctx_t *)once;
}

/* Of normalised hosts, only IPv4 addresses are all digits and dots. */
static bool is_ipv4(struct span host)
{
	for (size_t i = 0; i < host.len; i++) {
		if (!g_ascii_isdigit(host.ptr[i]) && host.ptr[i] != '.')
			return false;
	}
	return true;
}

struct span domain_registrable(struct span host)
{
	char name[DNS_NAME_MAX + 1];

	host = without_trailing_dot(host);
	if (!host.ptr || host.len == 0 || host.len > DNS_NAME_MAX || host.ptr[0] == '[' ||
		is_ipv4(host) || memchr(host.ptr, '\0', host.len))
		return SPAN_NONE;
	memcpy(name, host.ptr, host.len);
	name[host.len] = '\0';
	const char *found = psl_registrable_domain(public_suffixes(), name);
	if (!found)
		return SPAN_NONE;
	return (struct span){host.ptr + (found - name), host.len - (found - name)};
}

bool domain_has_suffix(struct span host, struct span suffix)
{
	host = without_trailing_dot(host);
	if (!host.ptr || !suffix.ptr || suffix.len == 0 || host.len < suffix.len)
		return false;
	size_t before = host.len - suffix.len;
	if (memcmp(host.ptr + before, suffix.ptr, suffix.len) != 0)
		return false;
	return before == 0 || host.ptr[before - 1] == '.';
}

/* The forbidden domain code points of the URL Standard (§3.1). */
static bool is_forbidden(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f || strchr("#%/:<>?@[\\]^|", c);
}

/* What the standard asks of every result; takes it over. */
static char *check_result(GString *result)
{
	bool valid = result->len > 0;

	for (size_t i = 0; i < result->len && valid; i++)
		valid = !is_forbidden(result->str[i]);
	return g_string_free(result, !valid);
}

static bool is_ascii(const uint32_t *label, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (label[i] >= 0x80)
			return false;
	}
	return true;
}

static bool has_ace_prefix(const uint32_t *label, size_t len)
{
	return len >= 4 && label[0] == 'x' && label[1] == 'n' && label[2] == '-' && label[3] == '-';
}

/* The code points of a Punycode label, which have to need it. Freed with g_free(). */
static uint32_t *decode_label(const uint32_t *label, size_t len, size_t *decoded_len)
{
	g_autofree char *text = g_malloc(len + 1);
	g_autofree uint32_t *decoded = g_new(uint32_t, len + 1);
	size_t again_len;

	if (!is_ascii(label, len))
		return NULL;
	for (size_t i = 4; i < len; i++)
		text[i - 4] = label[i];
	if (!punycode_decode(text, len - 4, decoded, decoded_len) ||
		is_ascii(decoded, *decoded_len))
		return NULL;
	g_autofree uint32_t *copy = g_memdup2(decoded, *decoded_len * sizeof *decoded);
	uint32_t *again = u32_normalize(UNINORM_NFC, copy, *decoded_len, NULL, &again_len);
	bool normal = again && again_len == *decoded_len &&
		      memcmp(again, decoded, again_len * sizeof *again) == 0;
	free(again);
	return normal ? g_steal_pointer(&decoded) : NULL;
}

struct idn {
	GString *ascii;
	bool rtl;        /* a label has right-to-left characters */
	bool bidi_valid; /* so far every label keeps the Bidi rule */
};

static bool append_label(struct idn *idn, const uint32_t *label, size_t len)
{
	g_autofree uint32_t *decoded = NULL;
	const uint32_t *plain = label;
	size_t plain_len = len;

	if (has_ace_prefix(label, len)) {
		decoded = decode_label(label, len, &plain_len);
		plain = decoded;
		if (!decoded || has_ace_prefix(decoded, plain_len))
			return false;
	}
	if (!idna_label_valid(plain, plain_len))
		return false;
	idn->rtl |= idna_label_is_rtl(plain, plain_len);
	idn->bidi_valid &= idna_label_bidi_valid(plain, plain_len);
	if (!is_ascii(label, len)) {
		g_string_append(idn->ascii, "xn--");
		return punycode_encode(label, len, idn->ascii);
	}
	for (size_t i = 0; i < len; i++)
		g_string_append_c(idn->ascii, label[i]);
	return true;
}

static bool append_labels(struct idn *idn, const uint32_t *domain, size_t len)
{
	for (size_t start = 0, end; start <= len; start = end + 1) {
		for (end = start; end < len && domain[end] != '.';)
			end++;
		if (start > 0)
			g_string_append_c(idn->ascii, '.');
		if (!append_label(idn, domain + start, end - start))
			return false;
	}
	return !idn->rtl || idn->bidi_valid;
}

static GString *ascii_lower(struct span domain)
{
	GString *out = g_string_new_len(domain.ptr, domain.len);

	return g_string_ascii_down(out);
}

static bool span_is_ascii(struct span span)
{
	for (size_t i = 0; i < span.len; i++) {
		if (span.ptr[i] & 0x80)
			return false;
	}
	return true;
}

char *domain_to_ascii(struct span domain)
{
	size_t len;

	if (span_is_ascii(domain))
		return check_result(ascii_lower(domain));
	if (domain.len > IDN_MAX_BYTES)
		return NULL;
	uint32_t *mapped = idna_map(domain, &len);
	if (!mapped)
		return NULL;
	struct idn idn = {.ascii = g_string_new(NULL), .bidi_valid = true};
	bool valid = append_labels(&idn, mapped, len);
	free(mapped);
	if (valid)
		return check_result(idn.ascii);
	g_string_free(idn.ascii, TRUE);
	return NULL;
}

/* Appends a label for reading; false where it is no valid IDN. */
static bool append_readable(GString *out, struct span label)
{
	size_t len;

	if (label.len < 4 || memcmp(label.ptr, "xn--", 4) != 0) {
		g_string_append_len(out, label.ptr, label.len);
		return true;
	}
	g_autofree uint32_t *decoded = g_new(uint32_t, label.len);
	if (!punycode_decode(label.ptr + 4, label.len - 4, decoded, &len) ||
		is_ascii(decoded, len) || !idna_label_valid(decoded, len))
		return false;
	for (size_t i = 0; i < len; i++)
		g_string_append_unichar(out, decoded[i]);
	return true;
}

char *domain_to_unicode(struct span host)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (!host.ptr || host.len > IDN_MAX_BYTES)
		return span_dup(host);
	const char *end = host.ptr + host.len;
	for (const char *at = host.ptr, *dot; at <= end; at = dot + 1) {
		dot = memchr(at, '.', end - at);
		dot = dot ? dot : end;
		if (at > host.ptr)
			g_string_append_c(out, '.');
		if (!append_readable(out, (struct span){at, dot - at}))
			return span_dup(host);
	}
	return g_strndup(out->str, out->len);
}

bool domain_suffix_known(struct span host)
{
	g_autofree char *name = span_dup(host);
	const char *last = name ? strrchr(name, '.') : NULL;

	return last && psl_is_public_suffix2(
			       public_suffixes(), last + 1, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}
