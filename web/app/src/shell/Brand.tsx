// The mark: a city's grid with one cell lit.
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="var(--brand)" />
      <g fill="none" stroke="var(--on-brand)" strokeWidth="2.2" strokeLinejoin="round">
        <path d="M8 9.500 15 7v8.500L8 17z" />
        <path d="M15 7l9 3.200V17l-9-1.500z" opacity=".6" />
        <path d="M8 17l7-1.500V25l-7-2.600z" opacity=".6" />
        <path d="M15 15.500 24 17v5.600L15 25z" fill="var(--on-brand)" />
      </g>
    </svg>
  );
}
