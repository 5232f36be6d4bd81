// A small code editor for the script: Python highlighted; Tab moves on, as on any page.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { ink, mono } from "../theme";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: ink.seal },
  { tag: [tags.string, tags.special(tags.string)], color: "#4c7a2f" },
  { tag: [tags.number, tags.bool, tags.null], color: ink.indigo },
  { tag: tags.comment, color: ink.faint, fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], color: ink.pine },
]);

const paper = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "#fff" },
  "&.cm-focused": { outline: "none" },
  ".cm-content, .cm-gutters": { fontFamily: mono, lineHeight: "1.65" },
  ".cm-gutters": { backgroundColor: ink.wash, color: "#a9a692", border: "none" },
  ".cm-activeLine": { backgroundColor: "#f7f5ec" },
  ".cm-scroller": { minHeight: "260px", maxHeight: "440px", overflow: "auto" },
});

interface Props { value: string; change: (value: string) => void; label: string }

export default function Editor({ value, change, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const tell = useRef(change);
  tell.current = change;
  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(), history(), bracketMatching(), indentOnInput(), highlightActiveLine(), indentUnit.of("    "),
          keymap.of([...defaultKeymap, ...historyKeymap]), python(), syntaxHighlighting(colours), paper,
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorView.updateListener.of((update) => update.docChanged && tell.current(update.state.doc.toString())),
        ],
      }),
    });
    view.current = editor;
    // The first measure may come before the page is laid out; line numbers would keep its wrong heights.
    const settled = new ResizeObserver(() => editor.requestMeasure());
    settled.observe(place.current);
    void document.fonts.ready.then(() => editor.requestMeasure());
    return () => {
      settled.disconnect();
      editor.destroy();
    };
    // The editor keeps its own text; a new value from outside is put in below.
  }, [label]);
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);
  return <div ref={place} className="editor" />;
}
