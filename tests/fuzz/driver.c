/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the files of a corpus through a fuzz target, so that a corpus is a test without libFuzzer.
 * usage: fuzz_NAME FILE|DIRECTORY…
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned run_file(const char *path)
{
	g_autofree char *bytes = NULL;
	size_t len = 0;

	if (!g_file_get_contents(path, &bytes, &len, NULL)) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 0;
	}
	/* An exact copy lets a sanitizer see a read past the end, which the NUL of GLib's would
	 * hide. */
	g_autofree uint8_t *data = g_memdup2(bytes, len);
	LLVMFuzzerTestOneInput(data, len);
	return 1;
}

static unsigned run_path(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	unsigned count = 0;

	if (!dir)
		return run_file(path);
	for (const char *name; (name = g_dir_read_name(dir));) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		count += run_path(child);
	}
	g_dir_close(dir);
	return count;
}

int main(int argc, char **argv)
{
	unsigned count = 0;

	for (int i = 1; i < argc; i++)
		count += run_path(argv[i]);
	printf("%u inputs\n", count);
	return count ? 0 : 1;
}
