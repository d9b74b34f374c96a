interface NumberInputProps {
  readonly label: string;
  /** What stands there: what is being typed, or the number that holds. */
  readonly text: string;
  /** In letters; the host's own width by default. */
  readonly size?: number;
  readonly readOnly?: boolean;
  /** Takes what is typed, and undefined where that is forgotten. */
  readonly onType: (text: string | undefined) => void;
  readonly onSend: () => void;
}

/** A field for a number that is typed: sent by Enter or when it is left, forgotten by Escape. */
export function NumberInput({ label, text, size, readOnly = false, onType, onSend }: NumberInputProps) {
  return (
    <input
      type="text"
      inputMode="decimal"
      aria-label={label}
      size={size}
      readOnly={readOnly}
      value={text}
      onInput={({ currentTarget }) => onType(currentTarget.value)}
      onBlur={onSend}
      onKeyDown={(event) => {
        if (event.key === "Enter") onSend();
        if (event.key === "Escape") onType(undefined);
      }}
    />
  );
}
