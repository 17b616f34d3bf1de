"""How a report looks: light, one column on a phone, two on a desk, printable."""

STYLE = """
:root{--ink:#1c2127;--soft:#5b6570;--line:#dde2e7;--card:#fff;--page:#f5f7f9;--blue:#0072b2;
--good:#11734f;--watch:#8a5a00;--stop:#a8261c}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);overflow-wrap:break-word;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1040px;margin:0 auto;padding:20px 16px 48px}
h1{font-size:1.7rem;line-height:1.2;margin:.2em 0 0}
h2{font-size:1.25rem;margin:0 0 .3em;line-height:1.25}
h3{font-size:1rem;margin:0 0 .35em}
p{margin:.4em 0;max-width:72ch}
.sub,.note-below,figcaption,footer{color:var(--soft);font-size:.875rem}
section,.top{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:18px 18px 14px;margin:16px 0}
.heads{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,260px),1fr))}
.head b{display:block;font-size:2.1rem;line-height:1.15;font-variant-numeric:tabular-nums}
.head .name{font-weight:600}
.gauge{position:relative;height:26px;margin:8px 0 2px;max-width:420px}
.gauge i,.span i{position:absolute;display:block}
.gauge .rail{left:0;right:0;top:6px;height:8px;background:#e8ecf0;border-radius:4px}
.gauge .range{top:6px;height:8px;background:var(--blue);opacity:.35}
.gauge .at{top:3px;width:3px;height:14px;margin-left:-1px;background:var(--blue)}
.gauge .other{top:3px;width:0;height:14px;border-left:2px dotted var(--soft)}
.marks{color:var(--soft);font-size:.8125rem}
dl.points{margin:14px 0 0;display:grid;grid-template-columns:11rem 1fr;gap:6px 14px}
dl.points dt{font-weight:600}
dl.points dd{margin:0}
dl.points dd p{margin:0 0 .3em}
nav{font-size:.875rem;margin:12px 0 0;line-height:1.9}
nav a{color:var(--blue);margin-right:12px;text-decoration:none;white-space:nowrap}
.parts{display:grid;gap:18px;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));
margin-top:10px}
.parts>*{min-width:0}
.wide{grid-column:1/-1}
svg{display:block;width:100%;max-width:560px;height:auto}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#5b6570}
svg .tick{text-anchor:end}svg .below,svg .label{text-anchor:middle}
svg .note{fill:#1c2127;font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:3px}
svg .grid{stroke:#e6eaee;fill:none}svg .axis{stroke:#8b949e;fill:none}
svg .line{fill:none;stroke-linejoin:round;stroke-linecap:round}
svg .mark{stroke:#1c2127;stroke-width:1.2;stroke-dasharray:2 3;fill:none}
svg .spot{fill:#fff;stroke:#1c2127;stroke-width:2}
.legend{display:flex;flex-wrap:wrap;gap:2px 12px;font-size:.8125rem;margin:2px 0 4px;padding:0;
list-style:none}
.legend svg{display:inline-block;width:22px;height:10px;vertical-align:middle;margin-right:4px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{padding:4px 10px 4px 0;text-align:left;border-bottom:1px solid var(--line);
vertical-align:top}
th{font-weight:600}
td.num,th.num{text-align:right;white-space:nowrap}
thead th{color:var(--soft);font-weight:600}
table.facts td{max-width:60ch;overflow-wrap:anywhere}
table.heat th,table.heat td{text-align:center;padding:5px 9px;border:1px solid #fff}
table.many thead th{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left;
padding:6px 2px}table.many td{padding:5px 4px;min-width:2.4em}
table.heat th[scope=row]{text-align:right;padding-left:0}
.span{position:relative;display:block;min-width:150px;height:14px}
.span .rail{left:0;right:0;top:6px;height:2px;background:#e3e7eb}
.span .range{top:4px;height:6px;background:var(--blue);opacity:.4}
.span .at{top:2px;width:3px;height:10px;margin-left:-1px;background:var(--blue)}
.span .other{top:0;width:0;height:14px;border-left:2px dotted var(--soft)}
.notice{border-left:4px solid;padding:7px 12px;border-radius:3px;background:#f6f8fa}
.notice.good{border-color:var(--good);color:var(--good);background:#f0faf5}
.notice.watch{border-color:#d08c00;color:var(--watch);background:#fff9ec}
.notice.stop{border-color:var(--stop);color:var(--stop);background:#fdf2f1}
pre{background:#f0f3f6;border-radius:6px;padding:9px 12px;overflow-x:auto;font-size:.8125rem;
margin:.4em 0;white-space:pre-wrap;overflow-wrap:anywhere}
.gallery{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(min(100%,220px),1fr))}
figure{margin:0}
figure img{width:100%;height:auto;max-height:280px;object-fit:contain;border-radius:6px;
display:block;background:#e8ecf0}
figcaption{margin-top:3px;overflow-wrap:anywhere}
@media(max-width:560px){.span{min-width:72px}
main{padding:8px 8px 32px}section,.top{padding:14px 12px}
dl.points{grid-template-columns:1fr;gap:0}dl.points dd{margin-bottom:10px}}
@page{margin:13mm}
@media print{html,body{font-size:13px}body{background:#fff}svg{max-width:360px}
.parts{grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:12px}
.gallery{grid-template-columns:repeat(4,1fr)}
main{max-width:none;padding:0}nav{display:none}
section,.top{border:0;border-top:1px solid #bbb;border-radius:0;padding:10px 0}
.parts>*,figure,tr{break-inside:avoid}h2,h3{break-after:avoid}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
