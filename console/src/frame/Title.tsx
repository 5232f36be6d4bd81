// The head of a page: its name, one sentence, and the acts that belong to the whole page.
import { useEffect, type ReactNode } from "react";
import { Link } from "react-router";
import { useSay } from "../say";

interface Props {
  title: string;
  children?: ReactNode;
  acts?: ReactNode;
  back?: { to: string; label: string };
}

export function Title({ title, children, acts, back }: Props) {
  const say = useSay();
  useEffect(() => {
    document.title = `${title} · ${say("算市", "Suanshi")}`;
  }, [title, say]);
  return (
    <div className="title">
      <div>
        {back && <Link className="back" to={back.to}>← {back.label}</Link>}
        <h1>{title}</h1>
        {children && <p>{children}</p>}
      </div>
      {acts && <div className="row">{acts}</div>}
    </div>
  );
}
