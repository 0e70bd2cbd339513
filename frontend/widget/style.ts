/** The look of the card. Colours are those of the product, or of the survey's theme; the page's own styles do not reach in. */
export const style = `
:host{all:initial;--paper:#fbfaf7;--ink:#1b1f23;--grey:#5d646b;--edge:#8a8778;--rule:#e4e0d6;--accent:#1f5f4a;--on:#fff;--wash:#e6efe9;--bad:#a63a25}
@media(prefers-color-scheme:dark){:host{--paper:#1c2124;--ink:#efede7;--grey:#a0a6ab;--edge:#7b8287;--rule:#2c3236;--accent:#7cc7a8;--on:#10201a;--wash:#1b2f28;--bad:#f0937c}}
*,*::before,*::after{box-sizing:border-box}
dialog{position:fixed;inset:auto 1rem 1rem auto;z-index:2147483000;display:flex;flex-direction:column;gap:.875rem;width:min(24rem,calc(100vw - 2rem));max-height:calc(100dvh - 2rem);
 margin:0;padding:1.25rem;overflow:auto;overscroll-behavior:contain;border:1px solid var(--rule);border-radius:10px;background:var(--paper);color:var(--ink);
 box-shadow:0 6px 28px rgb(0 0 0/.18);font:400 15px/1.45 Inter,system-ui,-apple-system,"Segoe UI",sans-serif;text-align:start;color-scheme:light dark;animation:come .25s ease-out}
dialog.dialog{inset:0;margin:auto;width:min(30rem,calc(100vw - 2rem));height:fit-content}
dialog::backdrop{background:rgb(20 24 26/.45)}
@keyframes come{from{opacity:0;transform:translateY(1rem)}}
@media(prefers-reduced-motion:reduce){dialog{animation:none}}
@media(max-width:30rem){dialog,dialog.dialog{inset:auto 0 0;margin:0;width:100%;max-width:none;border-radius:12px 12px 0 0;border-width:1px 0 0;padding-bottom:max(1.25rem,env(safe-area-inset-bottom))}}
.top{display:flex;gap:.75rem;align-items:flex-start;justify-content:space-between}
h2,p,fieldset,form{margin:0;padding:0;border:0;min-width:0}
h2{font-size:13px;font-weight:560;color:var(--grey);padding-top:.25rem;overflow-wrap:anywhere}
form,.question,.choices.list{display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem}
.question{gap:.625rem}
.text{font-size:17px;font-weight:600;line-height:1.35;overflow-wrap:anywhere}
.text:focus{outline:0}
.optional,.help,.ends{color:var(--grey);font-size:13px;font-weight:400}
.ends{display:flex;justify-content:space-between;gap:1rem;margin-top:.375rem}.ends span:last-child{text-align:end}
button,input,textarea{font:inherit;color:inherit}
.go{justify-self:start;min-height:44px;padding:.5rem 1.25rem;border:0;border-radius:8px;background:var(--accent);color:var(--on);font-weight:560;cursor:pointer;text-decoration:none;display:inline-flex;align-items:center}
.go[aria-disabled]{opacity:.6;cursor:default}
.close{flex:none;width:32px;height:32px;margin:-.25rem -.375rem 0 0;padding:0;border:0;border-radius:8px;background:none;color:var(--grey);cursor:pointer}
.close svg{display:block;margin:auto;width:16px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round}
.choice{position:relative;display:flex;align-items:center;gap:.625rem;min-height:44px;padding:.375rem .75rem;border:1px solid var(--edge);border-radius:8px;cursor:pointer;overflow-wrap:anywhere}
.choices.list{gap:.375rem}
.choice:hover{background:var(--wash)}
.choice:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent);background:var(--wash);font-weight:560}
.list input,.consent input{width:18px;height:18px;margin:0;flex:none;accent-color:var(--accent)}
.numbers,.faces,.stars{display:flex;gap:4px}
.numbers input,.faces input,.stars input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.numbers .choice{flex:1 1 0;min-width:24px;justify-content:center;padding:0;font-variant-numeric:tabular-nums}
.faces .choice{flex:1 1 0;flex-direction:column;gap:.375rem;padding:.625rem .25rem;border-color:transparent;font-size:12px;text-align:center;line-height:1.25;justify-content:flex-start}
.face{width:44px;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;fill:none}
.face-1{color:#a63a25}.face-2{color:#9a5a3f}.face-3{color:#3f7a68}.face-4{color:#1f6f5c}
@media(prefers-color-scheme:dark){.face-1{color:#f0937c}.face-2{color:#e0997f}.face-3{color:#86bcaa}.face-4{color:#7cc7a8}}
.stars .choice{border-color:transparent;padding:2px;min-width:44px;justify-content:center}
.star{width:32px;fill:none;stroke:var(--accent);stroke-width:1.5;stroke-linejoin:round}
.stars:has(:checked) .star{fill:var(--accent)}.stars .choice:has(:checked)~.choice .star{fill:none}
.choice:focus-within,.close:focus-visible,.go:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.other,input[type=text],input[type=email],input[type=date],input[type=number],textarea{width:100%;min-height:44px;padding:.5rem .75rem;border:1px solid var(--edge);border-radius:8px;background:none;font-size:16px}
.other{margin-top:.375rem}textarea{resize:vertical}input:focus-visible,textarea:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.unit{display:flex;gap:.5rem;align-items:center}
.problem{color:var(--bad);font-size:14px;font-weight:560}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`;
