export { Button, IconButton, type ButtonProps, type IconButtonProps } from "./button.tsx";
export { Composer, type ComposerProps } from "./composer.tsx";
export { EntryView, type EntryProps } from "./entries.tsx";
export { Field, Switch, TextField, type FieldProps, type SwitchProps, type TextFieldProps } from "./fields.tsx";
export { Avatar, Badge, Icon, Notice, Skeleton, Verified, type NoticeProps } from "./marks.tsx";
export { MessageList, type MessageListProps } from "./message_list.tsx";
export { Sheet, type SheetProps } from "./sheet.tsx";
export { WrittenText } from "./text.tsx";
