export default function Advice() { return null; }
