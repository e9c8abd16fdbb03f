#!/usr/bin/env bash
# The links that a browser sees in tests/fixtures/html/*.html are those that its .links files say,
# which test_html_browser holds espial to. Skipped without Chromium.
# usage: browser_links.sh [--write]     --write makes the .links files anew
set -u
cd "$(dirname "$0")/../.." || exit 2
fixtures=tests/fixtures/html
command -v chromium >/dev/null || {
	echo "chromium is not installed"
	exit 77
}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# DOMParser makes documents that run no script and fetch nothing, with scripting off as in mail.
page() {
	echo '<!doctype html><meta charset="utf-8"><pre></pre><script>const files = ['
	for file in "$fixtures"/*.html; do
		printf '["%s", "%s"],\n' "$(basename "$file" .html)" "$(base64 -w 0 "$file")"
	done
	cat <<-'SCRIPT'
		];
		const here = /^(file|mailto|about):/;
		let text = '';
		for (const [name, base64] of files) {
			const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
			const html = new TextDecoder('utf-8').decode(bytes);
			const page = new DOMParser().parseFromString(html, 'text/html');
			for (const link of page.links)
				if (!here.test(link.href) && !/^\s*(#|$)/.test(link.getAttribute('href')))
					text += `${name} ${link.href}\n`;
		}
		document.querySelector('pre').textContent = btoa(unescape(encodeURIComponent(text)));
		document.querySelector('script').remove();
		</script>
	SCRIPT
}

page >"$scratch/page.html"
timeout 120 chromium --headless --no-sandbox --disable-gpu --no-first-run \
	--disable-background-networking --disable-component-update --disable-sync --disable-quic \
	--host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir="$scratch/profile" \
	--dump-dom "file://$scratch/page.html" 2>/dev/null |
	sed -n 's/.*<pre>\([^<]*\)<.*/\1/p' | base64 -d >"$scratch/links"
[ -s "$scratch/links" ] || {
	echo "chromium printed nothing"
	exit 1
}
failed=0
for file in "$fixtures"/*.html; do
	name=$(basename "$file" .html)
	sed -n "s/^$name //p" "$scratch/links" >"$scratch/$name.links"
	if [ "${1:-}" = --write ]; then
		cp "$scratch/$name.links" "$fixtures/$name.links"
	elif ! diff -u "$fixtures/$name.links" "$scratch/$name.links"; then
		failed=1
	fi
done
exit $failed
