export { Button, IconButton, type ButtonProps, type IconButtonProps } from "./button.tsx";
export { Composer, type ComposerProps } from "./composer.tsx";
export { EntryView, type EntryProps } from "./entries.tsx";
export { Avatar, Badge, Icon } from "./marks.tsx";
export { MessageList, type MessageListProps } from "./message_list.tsx";
export { WrittenText } from "./text.tsx";
